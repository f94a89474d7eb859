use std::{fs, process::Command, time::Duration};

use crate::{machine::Cores, outcome::Outcome, servers::postgres_program};

/// The statements of a message: it is opened with its first attempt, and settled with the attempt's end. Its id
/// begins with one time for all, because pgbench knows no clock, and ids of one moment lie next to each other.
const SCRIPT: &str = r"\set part random(0, 9007199254740991)
WITH opened AS (
    INSERT INTO outbox_messages (id, sealed, country, carrier, lease, leased_until, expires_at)
    VALUES (('01a22a2f0000' || lpad(to_hex(:part::bigint), 20, '8'))::uuid, decode(repeat('ab', 120), 'hex'),
        '+86', '+86138', '01a22a2f-0000-4000-8000-000000000000', now() + interval '11 s',
        now() + interval '300 s')
    ON CONFLICT (id) DO NOTHING RETURNING 1)
INSERT INTO outbox_attempts (message, gateway, lease, began_at, standing)
SELECT ('01a22a2f0000' || lpad(to_hex(:part::bigint), 20, '8'))::uuid, 'pgbench',
    '01a22a2f-0000-4000-8000-000000000000', now(), 'in-doubt'
WHERE EXISTS (SELECT FROM opened);
WITH ended AS (
    UPDATE outbox_attempts SET standing = 'accepted', provider_id = to_hex(:part::bigint)
    WHERE message = ('01a22a2f0000' || lpad(to_hex(:part::bigint), 20, '8'))::uuid AND gateway = 'pgbench'
        AND lease = '01a22a2f-0000-4000-8000-000000000000')
UPDATE outbox_messages SET settled_at = now(), sealed = NULL
WHERE id = ('01a22a2f0000' || lpad(to_hex(:part::bigint), 20, '8'))::uuid
    AND lease = '01a22a2f-0000-4000-8000-000000000000' AND settled_at IS NULL;
";

/// Messages a second whose rows `pgbench` writes into the database at `url`, with as many clients as the load
/// has connections.
pub(crate) async fn pgbench(url: &str, time: Duration, cores: &Cores) -> Outcome<f64> {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("send.sql");
    fs::write(&script, SCRIPT)?;
    let mut command = Command::new("taskset");
    command.args(["-c", cores]).arg(postgres_program("pgbench")?);
    command.args(["--no-vacuum", "--protocol=prepared", "--client=32", "--jobs=1", "--time"]);
    command.arg(time.as_secs().max(1).to_string()).arg("--file").arg(&script).arg(url);
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or_default();
    let rate = rate(&String::from_utf8_lossy(&output.stdout));
    Ok(rate.ok_or_else(|| format!("pgbench failed: {said}"))?)
}

/// Reads the rate that pgbench prints.
fn rate(text: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read() {
        let text = "latency average = 9.1 ms\ntps = 3512.25 (without initial connection time)\n";
        assert_eq!(rate(text), Some(3_512.25));
        assert_eq!(rate("pgbench: error"), None);
    }
}
