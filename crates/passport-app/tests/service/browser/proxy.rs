use std::{io, path::Path};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{TcpListener, TcpStream},
};

/// A reverse proxy like the original's nginx: it serves the files of a page, and passes other requests
/// to the service.
///
/// It is bound before the service starts, because the service needs its address.
pub(super) struct Proxy(TcpListener);

impl Proxy {
    pub(super) async fn bind() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }

    /// Serves the files in `folder`, and passes other requests to the address `service`.
    pub(super) fn serve(self, folder: &'static Path, service: String) {
        tokio::spawn(async move {
            while let Ok((client, _)) = self.0.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    // A browser may close the connection at any time.
                    let _ = answer(client, folder, &service).await;
                });
            }
        });
    }
}

/// Handles one request per connection.
async fn answer(mut client: TcpStream, folder: &Path, service: &str) -> io::Result<()> {
    let mut request = Vec::new();
    let head_end = loop {
        if client.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
        if let Some(at) = request.windows(4).position(|it| it == b"\r\n\r\n") {
            break at;
        }
    };
    let (head, body) = (String::from_utf8_lossy(&request[..head_end]), &request[head_end + 4..]);
    let path = head.split([' ', '?']).nth(1).unwrap_or_default();
    let name = if path == "/" { "index.html" } else { path.trim_start_matches('/') };
    let file = folder.join(name);
    if file.is_file() {
        let text = std::fs::read(&file)?;
        let media_type = match file.extension().and_then(|it| it.to_str()) {
            Some("js") => "text/javascript; charset=utf-8",
            Some(_) => "text/html; charset=utf-8",
            None => "image/png",
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            text.len()
        );
        client.write_all(head.as_bytes()).await?;
        return client.write_all(&text).await;
    }
    let mut upstream = TcpStream::connect(service).await?;
    let kept = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let head = kept.collect::<Vec<_>>().join("\r\n");
    upstream.write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()).await?;
    upstream.write_all(body).await?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_service, mut to_service) = upstream.split();
    tokio::select! {
        answered = copy(&mut from_service, &mut to_client) => answered.map(drop),
        // Copies the rest of the body, until the browser closes the connection.
        Err(error) = copy(&mut from_client, &mut to_service) => Err(error),
    }
}
