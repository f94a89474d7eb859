//! HTTP/1.1 messages, read byte by byte, so that nothing is mended on the way.

use tokio::io::{AsyncRead, AsyncReadExt};

/// The head of a request or of a response.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    pub(super) line: String,
    pub(super) fields: Vec<(String, String)>,
}

impl Head {
    /// The value of the first field of this name.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Reads up to the end of a head; none at the end of the stream.
pub(super) async fn read_head(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> Option<Head> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            buffer.drain(..end + 4);
            let mut lines = head.split("\r\n").map(str::to_owned);
            let line = lines.next().unwrap_or_default();
            let fields = lines.filter_map(|line| {
                let (name, value) = line.split_once(':')?;
                Some((name.to_owned(), value.trim().to_owned()))
            });
            return Some(Head { line, fields: fields.collect() });
        }
        more(stream, buffer).await?;
    }
}

/// Reads the body behind `head`. A response without a length ends with the stream.
pub(super) async fn read_body(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
    head: &Head,
    is_request: bool,
) -> Option<Vec<u8>> {
    if head.field("transfer-encoding").is_some_and(|it| it.eq_ignore_ascii_case("chunked")) {
        return read_chunks(stream, buffer).await;
    }
    if let Some(length) = head.field("content-length") {
        let length: usize = length.parse().ok()?;
        return take(stream, buffer, length).await;
    }
    if !is_request {
        while more(stream, buffer).await.is_some() {}
        return Some(std::mem::take(buffer));
    }
    Some(Vec::new())
}

async fn read_chunks(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = loop {
            match buffer.windows(2).position(|window| window == b"\r\n") {
                Some(end) => break end,
                None => more(stream, buffer).await?,
            }
        };
        let size = String::from_utf8_lossy(&buffer[..end]).into_owned();
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        buffer.drain(..end + 2);
        let chunk = take(stream, buffer, size + 2).await?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(&chunk[..size]);
    }
}

async fn take(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
    count: usize,
) -> Option<Vec<u8>> {
    while buffer.len() < count {
        more(stream, buffer).await?;
    }
    Some(buffer.drain(..count).collect())
}

async fn more(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> Option<()> {
    let count = stream.read_buf(buffer).await.ok()?;
    (count > 0).then_some(())
}
