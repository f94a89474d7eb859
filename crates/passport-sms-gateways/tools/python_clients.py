#!/usr/bin/env python3
"""Sends through a vendor's own client for Python, on one thread, one message after the other.

  python3 -m venv /tmp/sms-python
  /tmp/sms-python/bin/pip install twilio tencentcloud-sdk-python-sms alibabacloud_dysmsapi20170525
  SMS_BENCH_PYTHON=/tmp/sms-python/bin/python taskset -c 1 \
      cargo bench -p passport-sms-gateways --bench sending

The benchmark runs this against its double: python_clients.py GATEWAY HOST:PORT ROOT_CA. Each client
keeps its connection, trusts the root in its own way, and verifies certificates.
"""
import argparse, os, statistics, time
from importlib.metadata import version

TEXT = "您正在注册账号，验证码 004217，5 分钟内有效。请勿告诉任何人。\n\n@id.example.com #004217"


def twilio(host, root_ca):
    # It has no setting for roots, but its library `requests` reads this variable.
    os.environ["REQUESTS_CA_BUNDLE"] = root_ca
    from twilio.rest import Client
    client = Client("AC00000000000000000000000000000001", "0123456789abcdef0123456789abcdef")
    # It has no setting for the endpoint, but the attribute is public.
    client.api.base_url = f"https://{host}"

    def send():
        message = client.messages.create(
            to="+8613800138000", from_="+15005550006", body=TEXT, validity_period=300,
            status_callback="https://id.example.com/sms/receipts/twilio/s3cret-path")
        assert message.sid == "id-of-the-double"
    return "twilio", send


def tencent(host, root_ca):
    from tencentcloud.common import credential
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
    from tencentcloud.sms.v20210111 import models, sms_client
    http = HttpProfile(endpoint=host, certification=root_ca, keepAlive=True)
    client = sms_client.SmsClient(credential.Credential("testSecretIdTencent", "testSecretKeyTencent"),
                                  "ap-guangzhou", ClientProfile(httpProfile=http))

    def send():
        request = models.SendSmsRequest()
        request.PhoneNumberSet = ["+8613800138000"]
        request.SmsSdkAppId = "1400006666"
        request.TemplateId = "449739"
        request.SignName = "腾讯云"
        request.TemplateParamSet = ["004217", "5"]
        request.SessionContext = "0123456789abcdef0123456789abcdef"
        assert client.SendSms(request).SendStatusSet[0].Code == "Ok"
    return "tencentcloud-sdk-python-sms", send


def aliyun(host, root_ca):
    from alibabacloud_dysmsapi20170525 import models
    from alibabacloud_dysmsapi20170525.client import Client
    from alibabacloud_tea_openapi import utils_models
    client = Client(utils_models.Config(
        access_key_id="testAccessKeyIdAliyun", access_key_secret="testAccessKeySecretAliyun",
        endpoint=host, ca=root_ca))

    def send():
        answer = client.send_sms(models.SendSmsRequest(
            phone_numbers="13800138000", sign_name="阿里云短信测试", template_code="SMS_154950909",
            template_param='{"code":"004217","minutes":"5"}', out_id="0123456789abcdef0123456789abcdef"))
        assert answer.body.code == "OK"
    return "alibabacloud_dysmsapi20170525", send


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("gateway", choices=["aliyun", "tencent", "twilio"])
    parser.add_argument("host", help="HOST:PORT")
    parser.add_argument("root_ca", help="a root to trust, in PEM")
    parser.add_argument("--messages", type=int, default=2000, help="so many; the median counts")
    arguments = parser.parse_args()
    # The double runs on this machine.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
    package, send = globals()[arguments.gateway](arguments.host, arguments.root_ca)
    send()
    passed, computed = [], []
    for _ in range(arguments.messages):
        start, start_computed = time.perf_counter(), time.process_time()
        send()
        passed.append(time.perf_counter() - start)
        computed.append(time.process_time() - start_computed)
    print(f"{arguments.gateway:10}  1 in flight:  {package} {version(package)}: "
          f"{1 / statistics.median(passed):.0f} ({statistics.median(computed) * 1e6:.0f})", flush=True)


if __name__ == "__main__":
    main()
