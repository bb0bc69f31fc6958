//! `loopscope --health-check`: asks a running server on this machine whether it is ready. For container supervisors.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use loopscope::config::Config;
use loopscope::say;

const PATIENCE: Duration = Duration::from_secs(3);

/// Succeeds where the server is ready; says so either way. A server that speaks TLS is asked only whether it is
/// there.
pub(super) fn check(config: &Config) -> ExitCode {
    match ask(config) {
        Ok(answer) => {
            say!("{answer}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn ask(config: &Config) -> Result<String, String> {
    let ip = match config.host.parse::<IpAddr>() {
        Ok(ip) if !ip.is_unspecified() => ip,
        _ => Ipv4Addr::LOCALHOST.into(),
    };
    let address = SocketAddr::new(ip, config.port);
    let failed = |error: std::io::Error| format!("{address}: {error}");
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(failed)?;
    if config.tls.is_some() {
        return Ok("listening".to_owned());
    }
    stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(failed)?;
    let mut answer = String::new();
    stream
        .take(64 * 1024)
        .read_to_string(&mut answer)
        .map_err(failed)?;
    let body = answer
        .split("\r\n\r\n")
        .nth(1)
        .unwrap_or_default()
        .trim()
        .to_owned();
    if answer.starts_with("HTTP/1.1 200") {
        Ok(body)
    } else {
        Err(format!("not ready: {body}"))
    }
}
