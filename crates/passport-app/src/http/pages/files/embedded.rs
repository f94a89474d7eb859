//! Files of `static/` in the binary, written by `build.rs`.

/// A file with its compressed forms.
#[derive(Debug)]
pub(super) struct File {
    /// Path below `static/`.
    pub(super) path: &'static str,
    /// Value of `Content-Type`.
    pub(super) media_type: &'static str,
    /// Part of the SHA-256 digest of the content, in hexadecimal.
    pub(super) digest: &'static str,
    /// Content as it is.
    pub(super) plain: &'static [u8],
    /// Content compressed with Brotli, where that is smaller.
    pub(super) brotli: Option<&'static [u8]>,
    /// Content compressed with gzip, where that is smaller.
    pub(super) gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/static.rs"));

/// The file at `path`.
pub(super) fn find(path: &str) -> Option<&'static File> {
    let at = FILES.binary_search_by(|file| file.path.cmp(path)).ok()?;
    Some(&FILES[at])
}
