//! Keys of the service, all derived from its secrets.

use std::{
    fmt, fs,
    io::{self, Write},
    iter,
    path::{Path, PathBuf},
};

use hmac::{Hmac, KeyInit, Mac};
use passport_auth::{
    ChallengeKey, ContinuationKey, Keys, SubjectKey, TokenSealingKeys, UserCacheKey,
};
use passport_codes::DigestKey;
use passport_sms_client::SealingKey;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::{
    http::{CookieKey, FlowKey, IdempotencySecret},
    settings::{MasterSecret, Origin, Secrets},
};

const FILE_NAME: &str = "passport.secret";

impl Secrets {
    /// Keys of accounts.
    pub(crate) fn keys(&self) -> Keys {
        Keys {
            subjects: self.subject_key(),
            codes: self.code_digest_key(),
            challenges: self.challenge_key(),
            continuations: self.continuation_key(),
        }
    }

    /// Key for digests of codes.
    pub(crate) fn code_digest_key(&self) -> DigestKey {
        self.key("passport code digest v1", DigestKey::new, DigestKey::with_former)
    }

    /// Key under which phone numbers and client addresses are digested in the keys of stores.
    pub(crate) fn subject_key(&self) -> SubjectKey {
        self.key("passport subject digest v1", SubjectKey::new, SubjectKey::with_former)
    }

    /// Key for tickets and seeds of challenges.
    pub(crate) fn challenge_key(&self) -> ChallengeKey {
        self.key("passport challenge v1", ChallengeKey::new, ChallengeKey::with_former)
    }

    /// Key of continuations.
    pub(crate) fn continuation_key(&self) -> ContinuationKey {
        self.key("passport continuation v1", ContinuationKey::new, ContinuationKey::with_former)
    }

    /// Key for the tags of what browsers store.
    pub(crate) fn cookie_key(&self) -> CookieKey {
        self.key("passport cookie v1", CookieKey::new, CookieKey::with_former)
    }

    /// Key that encrypts the state between the steps of a flow.
    pub(crate) fn flow_key(&self) -> FlowKey {
        self.key("passport flow v1", FlowKey::new, FlowKey::with_former)
    }

    /// Secrets for digests of calls with idempotency keys, and for the encryption of their responses:
    /// the present one, and the former ones.
    pub(crate) fn idempotency_secrets(&self) -> (IdempotencySecret, Vec<IdempotencySecret>) {
        let mut keys = self.derive_all("passport idempotency v1").map(IdempotencySecret::new);
        (keys.next().expect("there is a present secret"), keys.collect())
    }

    /// Key that the styles of images derive from. Only the present secret has one: an image that is
    /// drawn again after a change of the secret may look different.
    pub(crate) fn style_key(&self) -> [u8; 32] {
        self.present().derive("passport captcha style v1")
    }

    /// Key that the addresses of receipts derive from.
    pub(crate) fn receipt_key(&self) -> ReceiptKey {
        self.key("passport sms receipts v1", ReceiptKey::new, ReceiptKey::with_former)
    }

    /// Key that encrypts messages in the outbox.
    pub(crate) fn sealing_key(&self) -> SealingKey {
        self.key("passport sms outbox v1", SealingKey::new, SealingKey::with_former)
    }

    /// Keys that encrypt the private keys of access tokens.
    pub(crate) fn token_sealing_keys(&self) -> TokenSealingKeys {
        self.key("passport signing keys v1", TokenSealingKeys::new, TokenSealingKeys::with_former)
    }

    /// Keys that encrypt users in the records of their sessions.
    pub(crate) fn user_cache_key(&self) -> UserCacheKey {
        self.key("passport user cache v1", UserCacheKey::new, UserCacheKey::with_former)
    }

    /// The 32 bytes for `purpose` from each secret: the first one signs and encrypts, all verify and
    /// decrypt.
    pub(crate) fn derive_all(&self, purpose: &str) -> impl Iterator<Item = [u8; 32]> {
        self.all().iter().map(move |secret| secret.derive(purpose))
    }

    /// The key for `purpose`, to which the former ones are added.
    fn key<K>(
        &self,
        purpose: &str,
        new: fn([u8; 32]) -> K,
        with_former: fn(K, [u8; 32]) -> K,
    ) -> K {
        let key = new(self.present().derive(purpose));
        self.derive_all(purpose).skip(1).fold(key, with_former)
    }
}

impl MasterSecret {
    /// HMAC-SHA-256 as a key derivation function: keys of different purposes are independent.
    fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.expose().as_bytes())
            .expect("an HMAC key may have any length");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// The secret in the file beside the database; the file is created if it does not exist.
    ///
    /// For development, so that codes and challenges stay valid over a restart.
    pub(crate) fn beside_database(database_url: &str) -> io::Result<Self> {
        let path = path_beside(database_url);
        let text = read_or_make(&path).map_err(|error| {
            io::Error::new(error.kind(), format!("{} cannot be kept: {error}", path.display()))
        })?;
        Self::new(text).map_err(|fault| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{} {fault}", path.display()))
        })
    }
}

/// Key for the addresses of receipts, which cannot be guessed without it.
#[derive(Clone)]
pub(crate) struct ReceiptKey {
    bytes: Zeroizing<[u8; 32]>,
    /// Former keys, whose addresses still receive.
    former: Vec<Zeroizing<[u8; 32]>>,
}

impl ReceiptKey {
    fn new(bytes: [u8; 32]) -> Self {
        Self { bytes: bytes.into(), former: Vec::new() }
    }

    fn with_former(mut self, bytes: [u8; 32]) -> Self {
        self.former.push(bytes.into());
        self
    }

    /// The URL to which `gateway` pushes its receipts.
    pub(crate) fn url(&self, origin: &Origin, gateway: &str) -> String {
        format!("{origin}/sms/receipts/{gateway}/{}", hex::encode(segment(&self.bytes, gateway)))
    }

    /// Whether `last` is the last segment of that URL, or was under a former key. Each comparison
    /// takes constant time.
    pub(crate) fn opens(&self, gateway: &str, last: &str) -> bool {
        iter::once(&self.bytes).chain(&self.former).any(|bytes| {
            hex::encode(segment(bytes, gateway)).as_bytes().ct_eq(last.as_bytes()).into()
        })
    }
}

/// The last segment. 128 bits cannot be guessed, and fit into the form of every provider.
fn segment(bytes: &[u8; 32], gateway: &str) -> [u8; 16] {
    let mut mac = Hmac::<Sha256>::new_from_slice(bytes).expect("an HMAC key may have any length");
    mac.update(gateway.as_bytes());
    let mut segment = [0; 16];
    segment.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    segment
}

impl fmt::Debug for ReceiptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceiptKey(…)")
    }
}

/// Reads the file, or creates it. The file is created atomically, so processes that start together read
/// the same secret.
fn read_or_make(path: &Path) -> io::Result<String> {
    if let Some(kept) = read(path)? {
        return Ok(kept);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // Temporary files have mode 0600.
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    let fresh = fresh_secret();
    file.write_all(fresh.as_bytes())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(fresh),
        Err(refused) => read(path)?.ok_or(refused.error),
    }
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn fresh_secret() -> String {
    let mut bytes = [0; 32];
    rand::Rng::fill_bytes(&mut rand::rng(), &mut bytes);
    hex::encode(bytes)
}

/// Path of the file: in the folder of an SQLite database, otherwise in the working folder.
fn path_beside(database_url: &str) -> PathBuf {
    let file = database_url.strip_prefix("sqlite:").unwrap_or_default();
    // `sqlite://a.db` names a file in the working folder too.
    let file = file.strip_prefix("//").unwrap_or(file);
    Path::new(file).parent().unwrap_or(Path::new("")).join(FILE_NAME)
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashSet,
        sync::{Arc, Barrier},
        thread,
    };

    use super::*;

    const OTHER: &str = "7d5c0e9af3b1864270fd95be318ac625";

    fn secrets(texts: &[&str]) -> Secrets {
        let secrets = texts.iter().map(|text| MasterSecret::new((*text).to_owned()).unwrap());
        Secrets::new(secrets.collect()).unwrap()
    }

    #[test]
    fn api_6_a_fresh_secret_is_private_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/passport.db", folder.path().display());
        let first = MasterSecret::beside_database(&url).unwrap();
        let second = MasterSecret::beside_database(&url).unwrap();
        assert_eq!(first.expose(), second.expose());
        assert_eq!(first.expose().len(), 64);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(FILE_NAME)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn the_secret_is_beside_the_database() {
        for (url, path) in [
            ("sqlite:passport.db", "passport.secret"),
            ("sqlite://passport.db", "passport.secret"),
            ("sqlite:data/passport.db", "data/passport.secret"),
            ("sqlite:///var/lib/passport.db", "/var/lib/passport.secret"),
            ("postgres://db/passport", "passport.secret"),
        ] {
            assert_eq!(path_beside(url), Path::new(path), "{url}");
        }
    }

    #[test]
    fn processes_that_start_together_share_a_secret() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite:{}/passport.db", folder.path().display());
            let start = Arc::new(Barrier::new(8));
            let secrets = (0..8).map(|_| {
                let (url, start) = (url.clone(), Arc::clone(&start));
                thread::spawn(move || {
                    start.wait();
                    MasterSecret::beside_database(&url).unwrap().expose().to_owned()
                })
            });
            let secrets: Vec<_> = secrets.collect();
            let secrets: HashSet<_> = secrets.into_iter().map(|it| it.join().unwrap()).collect();
            assert_eq!(secrets.len(), 1);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
        }
    }

    #[test]
    fn each_gateway_has_an_address_of_its_own() {
        let secret = |text: &str| secrets(&[text]).receipt_key();
        let key = secret("7d5c0e9af3b1864270fd95be318ac624");
        let origin: Origin = "https://id.example.com".parse().unwrap();
        let url = key.url(&origin, "aliyun");
        let segment = url.strip_prefix("https://id.example.com/sms/receipts/aliyun/").unwrap();
        assert_eq!(segment.len(), 32, "{url}");
        assert!(key.opens("aliyun", segment));
        assert!(!key.opens("aliyun_hk", segment) && !key.opens("aliyun", &segment[1..]));
        assert!(!key.opens("aliyun", "") && !key.opens("", segment));
        assert!(!secret("7d5c0e9af3b1864270fd95be318ac625").opens("aliyun", segment));
        let both = secrets(&[OTHER, "7d5c0e9af3b1864270fd95be318ac624"]).receipt_key();
        assert!(both.opens("aliyun", segment));
        assert_eq!(both.url(&origin, "aliyun"), secret(OTHER).url(&origin, "aliyun"));
    }

    #[test]
    fn keys_differ_by_purpose_and_secret() {
        let secret = |text: &str| MasterSecret::new(text.to_owned()).unwrap();
        let one = secret("7d5c0e9af3b1864270fd95be318ac624");
        let other = secret("7d5c0e9af3b1864270fd95be318ac625");
        assert_ne!(one.derive("a"), one.derive("b"));
        assert_ne!(one.derive("a"), other.derive("a"));
    }

    /// So a service that embeds the libraries can share the stores of this one.
    #[test]
    fn keys_are_those_of_the_libraries() {
        let secret = MasterSecret::new("7d5c0e9af3b1864270fd95be318ac624".to_owned()).unwrap();
        assert_eq!(secret.derive("a"), *Keys::derive_one(secret.expose(), "a").unwrap());
        let theirs = Keys::derive(secret.expose()).unwrap();
        let own = Secrets::from(secret).keys();
        let phone = "13800138000".parse().unwrap();
        assert_eq!(own.subjects.phone(&phone), theirs.subjects.phone(&phone));
    }
}
