use std::{future::poll_fn, time::Duration};

use actix_server::ServerBuilder;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::*;

const REFUSAL: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\
    date: Sun, 29 Nov 2026 07:30:35 GMT\r\n\r\n";

/// A guarded server side with a buffer of `size` bytes, and the client.
fn pair(size: usize, write_timeout: Duration) -> (GuardedStream<DuplexStream>, DuplexStream) {
    let (server, client) = duplex(size);
    let stopping = ServerBuilder::default().graceful_shutdown_signal();
    let (stall, idle) = (Stall::new(write_timeout, stopping), Idle::new(Duration::from_mins(1)));
    (GuardedStream::new(server, stall, idle, b"x-a: b\r\n"[..].into(), None), client)
}

#[tokio::test]
async fn x5_nothing_is_read_while_a_response_waits() {
    let (mut server, mut client) = pair(4, Duration::from_mins(1));
    client.write_all(b"more").await.unwrap();
    poll_fn(|cx| {
        assert!(Pin::new(&mut server).poll_write(cx, b"1234").is_ready());
        assert!(Pin::new(&mut server).poll_write(cx, b"5").is_pending());
        let mut space = [0; 8];
        let mut buffer = ReadBuf::new(&mut space);
        assert!(Pin::new(&mut server).poll_read(cx, &mut buffer).is_pending());
        Poll::Ready(())
    })
    .await;
    client.read_exact(&mut [0; 4]).await.unwrap();
    server.write_all(b"5").await.unwrap();
    let mut read = [0; 4];
    server.read_exact(&mut read).await.unwrap();
    assert_eq!(&read, b"more");
}

#[tokio::test]
async fn x5_a_refused_read_is_woken_by_the_write() {
    let (server, mut client) = pair(4, Duration::from_mins(1));
    let (mut reader, mut writer) = tokio::io::split(server);
    client.write_all(b"more").await.unwrap();
    let both = async {
        // As the dispatcher does: reads first, and writes in the same turn.
        tokio::join!(
            async { writer.write_all(b"12345678").await.unwrap() },
            async {
                let mut read = [0; 4];
                reader.read_exact(&mut read).await.unwrap();
                assert_eq!(&read, b"more");
            },
            async { client.read_exact(&mut [0; 8]).await.unwrap() },
        )
    };
    tokio::time::timeout(Duration::from_secs(5), both).await.expect("it does not hang");
}

#[tokio::test]
async fn x5_a_slow_reader_is_left_at_the_deadline() {
    let (mut server, mut client) = pair(4, Duration::from_millis(100));
    let dripping = async {
        while client.read_u8().await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let writing = server.write_all(&[0; 1_000]);
    let written = tokio::select! {
        written = writing => written,
        () = dripping => panic!("the client is never closed here"),
    };
    assert_eq!(written.unwrap_err().kind(), io::ErrorKind::TimedOut);
}

#[tokio::test]
async fn x11_a_refusal_gets_its_headers_however_it_is_divided() {
    for size in 1..REFUSAL.len() + 20 {
        let (mut server, mut client) = pair(size, Duration::from_mins(1));
        let writing = async {
            server.write_all(REFUSAL.as_bytes()).await.unwrap();
            drop(server);
        };
        let mut read = String::new();
        let ((), count) = tokio::join!(writing, client.read_to_string(&mut read));
        count.unwrap();
        let expected = REFUSAL.replace("Request\r\n", "Request\r\nx-a: b\r\n");
        assert_eq!(read, expected, "{size}");
    }
}
