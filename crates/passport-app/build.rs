//! Embeds the files of `static/` in the binary, compressed with Brotli and gzip.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

/// Sheets of `static/css` in the order of the cascade: one file is sent.
const SHEETS: [&str; 7] = ["tokens", "base", "layout", "controls", "challenge", "account", "inbox"];

/// Path of all sheets in one file.
const STYLESHEET: &str = "passport.css";

fn main() -> io::Result<()> {
    let root = PathBuf::from("../../static");
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", root.display());

    let mut files = Vec::new();
    collect(&root, "", &mut files)?;
    files.push((STYLESHEET.to_owned(), stylesheet(&files)?));
    files.sort();

    let mut version = Sha256::new();
    let mut source = String::from("pub(super) static FILES: &[File] = &[\n");
    for (at, (path, content)) in files.iter().enumerate() {
        let digest = Sha256::digest(content);
        version.update(Sha256::digest(path));
        version.update(digest);
        let store = |extension: &str, bytes: &[u8]| {
            let name = format!("{at}.{extension}");
            fs::write(out.join(&name), bytes)?;
            io::Result::Ok(format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\"))"))
        };
        let brotli = smaller(content, brotli(content)?);
        let gzip = smaller(content, gzip(content)?);
        let optional = |extension, bytes: Option<Vec<u8>>| match bytes {
            Some(bytes) => store(extension, &bytes).map(|it| format!("Some({it})")),
            None => Ok("None".to_owned()),
        };
        let plain = store("plain", content)?;
        let (brotli, gzip) = (optional("br", brotli)?, optional("gz", gzip)?);
        let (digest, media_type) = (hex(&digest[..16]), media_type(path)?);
        let _ = writeln!(
            source,
            "File {{ path: {path:?}, media_type: {media_type:?}, digest: {digest:?}, \
             plain: {plain}, brotli: {brotli}, gzip: {gzip} }},"
        );
    }
    let version = hex(&version.finalize()[..8]);
    let _ = writeln!(source, "];\npub(super) const VERSION: &str = {version:?};");
    fs::write(out.join("static.rs"), source)
}

/// Adds the files below `folder` with their paths, which begin with `prefix`.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| {
            io::Error::other(format!("static/{prefix}{} is not UTF-8", name.display()))
        })?;
        // Files of editors and of the system.
        if name.starts_with('.') || name.ends_with('~') {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.push((path, fs::read(entry.path())?));
        }
    }
    Ok(())
}

/// All sheets in one file.
fn stylesheet(files: &[(String, Vec<u8>)]) -> io::Result<Vec<u8>> {
    let sheets = files.iter().filter(|(path, _)| path.starts_with("css/")).count();
    if sheets != SHEETS.len() {
        return Err(io::Error::other("static/css and SHEETS in build.rs list different sheets"));
    }
    let mut whole = Vec::new();
    for name in SHEETS {
        let path = format!("css/{name}.css");
        let sheet = files.iter().find(|(it, _)| *it == path);
        let (_, sheet) =
            sheet.ok_or_else(|| io::Error::other(format!("static/{path} is missing")))?;
        whole.extend_from_slice(sheet);
    }
    Ok(whole)
}

/// The compressed content, if it saves a tenth at least.
fn smaller(content: &[u8], compressed: Vec<u8>) -> Option<Vec<u8>> {
    (compressed.len() < content.len() / 10 * 9).then_some(compressed)
}

fn brotli(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish()
}

fn media_type(path: &str) -> io::Result<&'static str> {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => Ok("text/css; charset=utf-8"),
        Some("html") => Ok("text/html; charset=utf-8"),
        Some("js") => Ok("text/javascript; charset=utf-8"),
        Some("svg") => Ok("image/svg+xml"),
        Some("png") => Ok("image/png"),
        _ => Err(io::Error::other(format!("static/{path} has no known media type: see build.rs"))),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
