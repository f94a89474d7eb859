use std::{fs, os::unix::fs::PermissionsExt, sync::Arc};

use crate::support::Service;

#[tokio::test]
async fn development_creates_its_secret_once_readable_by_its_owner_only() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let path = folder.path().join("passport.secret");
    let mut secrets = Vec::new();
    for _ in 0..2 {
        let mut service = Service::start_in(&folder, &[]).await;
        let secret = fs::read_to_string(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(secret.len() == 64 && secret.bytes().all(|it| it.is_ascii_hexdigit()));
        assert!(!service.log().contains(&secret), "the secret is not logged");
        secrets.push(secret);
        assert!(service.stop().await.success());
    }
    assert_eq!(secrets[0], secrets[1]);
}

#[tokio::test]
async fn the_secret_is_beside_the_database() {
    for url in ["sqlite:data/users.db", "sqlite://data/users.db"] {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        fs::create_dir(folder.path().join("data")).unwrap();
        let _service = Service::start_in(&folder, &[("database.url", url)]).await;
        assert!(folder.path().join("data/passport.secret").is_file(), "{url}");
        assert!(folder.path().join("data/users.db").is_file(), "{url}");
    }
}

#[tokio::test]
async fn a_given_secret_is_not_stored() {
    let secret = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef";
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let service = Service::start_in(&folder, &[("secret", secret)]).await;
    assert!(!folder.path().join("passport.secret").exists());
    assert!(!service.log().contains(secret));
}
