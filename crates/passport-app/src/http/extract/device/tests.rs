use actix_web::test::TestRequest;

use super::*;

/// Browser, system and kind of the device that sends these fields.
fn described(fields: &[(&'static str, &[u8])]) -> (String, String, DeviceKind) {
    let request = fields
        .iter()
        .fold(TestRequest::get(), |request, field| request.append_header((field.0, field.1)));
    let device = of(request.to_http_request().headers());
    (device.browser().to_owned(), device.system().to_owned(), device.kind())
}

#[track_caller]
fn is(agent: &str, browser: &str, system: &str, kind: DeviceKind) {
    let expected = (browser.to_owned(), system.to_owned(), kind);
    assert_eq!(described(&[("user-agent", agent.as_bytes())]), expected, "{agent}");
}

const PHONES: [(&str, &str, &str); 20] = [
    (
        "Mozilla/5.0 (Linux; Android 13; M2012K11AC Build/TKQ1.220829.002; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160117 MMWEBSDK/20231202 MMWEBID/3 MicroMessenger/8.0.47.2560(0x28002F30) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64",
        "WeChat",
        "Android",
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.48(0x18003030) NetType/4G Language/zh_CN",
        "WeChat",
        "iOS",
    ),
    (
        "Mozilla/5.0 (Linux; Android 12; NOH-AN00 Build/HUAWEINOH-AN00; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/99.0.4844.88 Mobile Safari/537.36 AliApp(DingTalk/7.0.40) com.alibaba.android.rimet/30120 Channel/700159",
        "DingTalk",
        "Android",
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 ChannelId(33) NebulaSDK/1.8.100112 Nebula AlipayDefined(nt:WIFI,ws:390|780|3.0) AliApp(AP/10.5.20.6000) AlipayClient/10.5.20.6000 Language/zh-Hans",
        "Alipay",
        "iOS",
    ),
    (
        "Mozilla/5.0 (Linux; Android 11; PCLM10 Build/RKQ1.200928.002; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/89.0.4389.72 MQQBrowser/6.2 TBS/046011 Mobile Safari/537.36 V1_AND_SQ_8.8.85_2712_YYB_D A_8088500 QQ/8.8.85.7685 NetType/WIFI",
        "QQ",
        "Android",
    ),
    (
        "Mozilla/5.0 (Linux; U; Android 10; zh-cn; MI 9 Build/QKQ1.190825.002) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/89.0.4389.72 MQQBrowser/13.5 Mobile Safari/537.36 COVC/045909",
        "QQ Browser",
        "Android",
    ),
    (
        "Mozilla/5.0 (Linux; U; Android 12; zh-CN; V2055A Build/SP1A.210812.003) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/100.0.4896.58 Quark/6.8.2.400 Mobile Safari/537.36",
        "Quark",
        "Android",
    ),
    (
        "Mozilla/5.0 (Linux; U; Android 11; zh-CN; M2007J3SC Build/RKQ1.200826.002) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/78.0.3904.108 UCBrowser/13.6.8.1318 Mobile Safari/537.36",
        "UC Browser",
        "Android",
    ),
    (
        "Mozilla/5.0 (Linux; U; Android 13; zh-cn; 2211133C Build/TKQ1.220905.001) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/100.0.4896.127 Mobile Safari/537.36 XiaoMi/MiuiBrowser/17.4.80 swan-mibrowser",
        "Mi Browser",
        "Android",
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; HarmonyOS; LYA-AL00; HMSCore 6.9.0.302) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.4844.88 HuaweiBrowser/13.0.3.300 Mobile Safari/537.36",
        "HuaweiBrowser",
        "HarmonyOS",
    ),
    (
        "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile HuaweiBrowser/5.0.4.300",
        "HuaweiBrowser",
        "HarmonyOS",
    ),
    (
        "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/24.0 Chrome/117.0.0.0 Mobile Safari/537.36",
        "Samsung Internet",
        "Android",
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36 EdgA/124.0.0.0",
        "Edge",
        "Android",
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36",
        "Chrome",
        "Android",
    ),
    ("Mozilla/5.0 (Android 14; Mobile; rv:125.0) Gecko/125.0 Firefox/125.0", "Firefox", "Android"),
    (
        "Mozilla/5.0 (Linux; Android 13; SM-A536B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Mobile Safari/537.36 OPR/81.0.4292.78446",
        "Opera",
        "Android",
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1",
        "Safari",
        "iOS",
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/124.0.6367.88 Mobile/15E148 Safari/604.1",
        "Chrome",
        "iOS",
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/125.0 Mobile/15E148 Safari/605.1.15",
        "Firefox",
        "iOS",
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 EdgiOS/124.0.2478.50 Mobile/15E148 Safari/604.1",
        "Edge",
        "iOS",
    ),
];

#[test]
fn phones_are_named_by_their_user_agent() {
    for (agent, browser, system) in PHONES {
        is(agent, browser, system, DeviceKind::Phone);
    }
}

const COMPUTERS: [(&str, &str, &str); 11] = [
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
        "Chrome",
        "Windows",
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 Edg/124.0.0.0",
        "Edge",
        "Windows",
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763",
        "Edge",
        "Windows",
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.71 Safari/537.36 Core/1.94.200.400 QQBrowser/11.8.5118.400",
        "QQ Browser",
        "Windows",
    ),
    (
        "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/81.0.4044.138 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090a13) XWEB/9105",
        "WeChat",
        "Windows",
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:125.0) Gecko/20100101 Firefox/125.0",
        "Firefox",
        "Windows",
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Safari/605.1.15",
        "Safari",
        "macOS",
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 OPR/109.0.0.0",
        "Opera",
        "macOS",
    ),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0", "Firefox", "Linux"),
    (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/124.0.0.0 Safari/537.36",
        "Chrome",
        "Linux",
    ),
    (
        "Mozilla/5.0 (PC; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 ArkWeb/6.0 HuaweiBrowser/6.0.1.300",
        "HuaweiBrowser",
        "HarmonyOS",
    ),
];

#[test]
fn computers_are_named_by_their_user_agent() {
    for (agent, browser, system) in COMPUTERS {
        is(agent, browser, system, DeviceKind::Computer);
    }
}

#[test]
fn tablets_and_applications_have_kinds_of_their_own() {
    let tablet = DeviceKind::Tablet;
    is(
        "Mozilla/5.0 (iPad; CPU OS 12_5_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 Mobile/15E148 Safari/604.1",
        "Safari",
        "iPadOS",
        tablet,
    );
    is(
        "Mozilla/5.0 (Linux; Android 13; SM-X906C) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
        "Chrome",
        "Android",
        tablet,
    );
    is(
        "Mozilla/5.0 (Tablet; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1 HuaweiBrowser/5.0.4.300",
        "HuaweiBrowser",
        "HarmonyOS",
        tablet,
    );
    is("okhttp/4.12.0", "", "", DeviceKind::App);
    is("Shop/3.2.1 CFNetwork/1494.0.7 Darwin/23.4.0", "", "", DeviceKind::App);
    is("Dart/3.3 (dart:io)", "", "", DeviceKind::App);
    is(
        "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UD1A.231105.004; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0.6367.54 Mobile Safari/537.36",
        "",
        "Android",
        DeviceKind::App,
    );
    for agent in ["", "curl/8.5.0", "Mozilla/5.0", "python-requests/2.31.0"] {
        is(agent, "", "", DeviceKind::Unknown);
    }
}

#[test]
fn client_hints_say_more_than_the_frozen_user_agent() {
    let agent: &[u8] = b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36";
    let hints = |brand: &str, platform: &str, mobile: &str| {
        let brands = format!("\"Chromium\";v=\"124\", {brand};v=\"124\", \"Not-A.Brand\";v=\"99\"");
        described(&[
            ("user-agent", agent),
            ("sec-ch-ua", brands.as_bytes()),
            ("sec-ch-ua-platform", platform.as_bytes()),
            ("sec-ch-ua-mobile", mobile.as_bytes()),
        ])
    };
    let is = |browser: &str, system: &str, kind| (browser.to_owned(), system.to_owned(), kind);
    let edge = hints("\"Microsoft Edge\"", "\"macOS\"", "?0");
    assert_eq!(edge, is("Edge", "macOS", DeviceKind::Computer));
    let chrome = hints("\"Google Chrome\"", "\"Android\"", "?1");
    assert_eq!(chrome, is("Chrome", "Android", DeviceKind::Phone));
    let tablet = hints("\"Samsung Internet\"", "\"Android\"", "?0");
    assert_eq!(tablet, is("Samsung Internet", "Android", DeviceKind::Tablet));
    let other = hints("\"Brave\"", "\"Chrome OS\"", "?0");
    assert_eq!(other, is("Chrome", "Windows", DeviceKind::Computer));
}

#[test]
fn an_application_counts_before_the_brand_of_its_engine() {
    let fields: [(&str, &[u8]); 3] = [
        ("sec-ch-ua", b"\"Google Chrome\";v=\"116\""),
        ("sec-ch-ua-platform", b"\"Android\""),
        (
            "user-agent",
            b"Mozilla/5.0 (Linux; Android 10; HarmonyOS; X) Chrome/116.0 Mobile MicroMessenger/8.0",
        ),
    ];
    let device = described(&fields);
    assert_eq!(device, ("WeChat".to_owned(), HARMONY.to_owned(), DeviceKind::Phone));
}

#[test]
fn hostile_fields_give_names_of_the_tables_only() {
    let names: Vec<_> = BROWSERS.iter().chain(&BRANDS).chain(&SYSTEMS).chain(&PLATFORMS).collect();
    let known = |name: &str| name.is_empty() || names.iter().any(|(_, it)| *it == name);
    let long = [&b"x".repeat(60_000)[..], b"Firefox/"].concat();
    for agent in [
        &long[..],
        b"\xff\xfe MicroMessenger/ \xff",
        b"<script>alert(1)</script> Windows Chrome/",
        "Mozilla/5.0 (Linux; 安卓) Firefox/1".as_bytes(),
        b"Android iPhone iPad Windows Macintosh HarmonyOS",
    ] {
        let fields = [("user-agent", agent), ("sec-ch-ua", agent), ("sec-ch-ua-platform", agent)];
        let (browser, system, _) = described(&fields);
        assert!(known(&browser) && known(&system), "{browser} {system}");
    }
    assert_eq!(described(&[("user-agent", &long)]).0, "", "only the start is searched");
}
