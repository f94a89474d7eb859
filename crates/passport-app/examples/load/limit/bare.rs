use std::{
    env,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use actix_web::{App, HttpResponse, HttpServer, rt::System, web};

use crate::{driver::Target, machine::Cores, outcome::Outcome, servers::Daemon};

/// A server of the same framework with a constant answer.
pub(crate) struct BareServer {
    pub(crate) target: Target,
    _daemon: Daemon,
}

impl BareServer {
    pub(crate) fn start(workers: usize, cores: &Cores) -> Outcome<Self> {
        let mut command = Command::new("taskset");
        command.args(["-c", cores]).arg(env::current_exe()?).args(["bare", &workers.to_string()]);
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        let daemon = Daemon::of(child);
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let target = Target {
            address: line.trim().parse()?,
            server: daemon.process(),
            stores: Vec::new(),
            may_poll: workers == 1,
        };
        Ok(Self { target, _daemon: daemon })
    }
}

/// Serves a constant answer on a free port, and prints the address.
pub(super) fn serve(workers: usize) -> Outcome {
    System::new().block_on(async {
        let server = HttpServer::new(|| {
            App::new().route("/", web::get().to(|| async { HttpResponse::Ok().body("ok") }))
        })
        .workers(workers)
        .bind("127.0.0.1:0")?;
        println!("{}", server.addrs()[0]);
        Ok(server.run().await?)
    })
}
