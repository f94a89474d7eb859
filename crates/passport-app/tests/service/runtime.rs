//! Threads: operations have several, and none waits for another.

use std::{fs, net::SocketAddr, sync::mpsc, time::Duration};

use passport_app::{Application, settings::Settings};
use reqwest::Client;
use serde_json::json;
use tempfile::TempDir;
use tokio::{
    runtime::{Builder, Runtime},
    sync::oneshot,
    time::timeout,
};

use crate::support::{PASSWORD, Service, phone};

/// Longer than the service takes on a busy machine.
const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn an_operation_that_blocks_its_thread_does_not_delay_another() {
    let operations = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (address, stop) = serve(&folder, &operations).await;

    let first = block_a_thread(&operations).await;
    timeout(LONG, sign_in(address)).await.expect("the other thread answers");

    // Operations have no other threads.
    let second = block_a_thread(&operations).await;
    let signing_in = tokio::spawn(sign_in(address));
    let url = format!("http://{address}/api/v1/session");
    let asked = timeout(LONG, Client::new().get(url).send()).await;
    let asked = asked.expect("what is no operation waits for none").unwrap();
    assert_eq!(asked.status(), 401);
    assert!(!signing_in.is_finished());

    drop(first);
    timeout(LONG, signing_in).await.expect("one thread is free").unwrap();
    drop(second);
    drop(stop);
    operations.shutdown_background();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn operations_have_as_many_threads_as_requests() {
    for workers in ["1", "3"] {
        let service = Service::start(&[("http.workers", workers)]).await;
        let threads =
            fs::read_dir(format!("/proc/{}/task", service.process().as_raw_pid())).unwrap();
        let names = threads.filter_map(|it| fs::read_to_string(it.ok()?.path().join("comm")).ok());
        let mut names: Vec<_> = names.filter(|it| it.starts_with("operations-")).collect();
        names.sort();
        let expected: Vec<_> =
            (0..workers.parse().unwrap()).map(|it| format!("operations-{it}\n")).collect();
        assert_eq!(names, expected);
    }
}

/// Serves in this process, on the runtime of the test, with operations on `operations`. Stops when the
/// sender is dropped.
async fn serve(folder: &TempDir, operations: &Runtime) -> (SocketAddr, oneshot::Sender<()>) {
    let database = format!("sqlite:{}", folder.path().join("passport.db").display());
    let settings = Settings::from_pairs([
        ("secret", "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef"),
        ("database.url", &*database),
        ("http.listen", "127.0.0.1:0"),
        ("metrics.listen", ""),
        ("password.cost", "4"),
    ])
    .unwrap();
    let (stop, stopped) = oneshot::channel();
    let stopped = async { _ = stopped.await };
    let application = Application::build(&settings, stopped, operations.handle()).await.unwrap();
    let address = application.address();
    tokio::spawn(application.run());
    (address, stop)
}

/// Blocks a thread of `runtime` until the sender is dropped.
async fn block_a_thread(runtime: &Runtime) -> mpsc::Sender<()> {
    let (release, gate) = mpsc::channel();
    let (begun, begins) = oneshot::channel();
    runtime.spawn(async move {
        begun.send(()).unwrap();
        _ = gate.recv();
    });
    begins.await.unwrap();
    release
}

/// An attempt of a number without an account, which is an operation.
async fn sign_in(address: SocketAddr) {
    let body = json!({ "mobile": phone(), "password": PASSWORD });
    let url = format!("http://{address}/passport/login");
    let answer = Client::new().post(url).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}
