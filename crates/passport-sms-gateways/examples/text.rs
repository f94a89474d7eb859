//! Sends a text through the gateways that the environment names: see `from_env`.

use passport_sms_gateways::{Sender, from_env};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sender = Sender::builder().routes(from_env(std::env::vars())?).build()?;
    let report = sender.text("+447700900123", "Your parcel has arrived.").await?;
    println!("{}", report.outcome);
    Ok(())
}
