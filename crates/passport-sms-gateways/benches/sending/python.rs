use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::double::Double;

/// Gateways with a vendor's client for Python in `tools/python_clients.py`.
const WITH_CLIENT: [&str; 3] = ["aliyun", "tencent", "twilio"];

/// Sends through the vendor's own client to the double, with the interpreter that
/// `SMS_BENCH_PYTHON` names.
pub(crate) fn run(name: &str, double: &Double) {
    let Some(python) = env::var_os("SMS_BENCH_PYTHON") else { return };
    if !WITH_CLIENT.contains(&name) {
        return;
    }
    let root_ca = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pem"));
    fs::write(&root_ca, &double.root_ca).unwrap();
    let (connections, requests) = (double.connections(), double.requests());
    let status = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tools/python_clients.py"))
        .args([name, &double.host])
        .arg(root_ca)
        .status()
        .unwrap();
    assert!(status.success());
    println!(
        "{:10}  the double saw {} requests on {} connections",
        "",
        double.requests() - requests,
        double.connections() - connections
    );
}
