//! A service that accepts access tokens of passport.
//!
//! `cargo run -p passport-token --example axum --features axum,hyper -- http://127.0.0.1:8080 shop`

use std::error::Error;

use axum::{Router, extract::State, routing::get};
use passport_token::{Verifier, axum::AccessToken};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let issuer = arguments.next().unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
    let audience = arguments.next().unwrap_or_else(|| "shop".to_owned());
    let listen = arguments.next().unwrap_or_else(|| "127.0.0.1:3000".to_owned());

    let verifier = Verifier::new(&issuer, &audience)?;
    if let Err(error) = verifier.prefetch().await {
        eprintln!("{error}; requests are answered 503 until then");
    }
    let app = Router::new()
        .route(
            "/",
            get(|State(verifier): State<Verifier>| async move {
                format!("send a token of {}\n", verifier.rules().issuer())
            }),
        )
        .route("/orders", get(orders))
        .with_state(verifier);
    let listener = TcpListener::bind(listen).await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

async fn orders(AccessToken(claims): AccessToken) -> String {
    format!("orders of {}, who signed in by {}\n", claims.subject, claims.methods.join(" and "))
}
