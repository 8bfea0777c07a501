//! PostgreSQL as a peer: a cluster of its own for one run, on a socket in the folder of the run.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A running server; stopped when dropped.
pub(super) struct Postgres {
    bin: PathBuf,
    data: PathBuf,
    socket: PathBuf,
}

fn running_as_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0)
}

/// The server does not run as root; on a test machine it runs as nobody's equal, `postgres`.
fn as_user(program: PathBuf) -> Command {
    if running_as_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn done(mut command: Command) -> Option<()> {
    let status = command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.ok().filter(std::process::ExitStatus::success).map(|_| ())
}

impl Postgres {
    /// Starts one with its data in a new folder; `None` where it is not installed or does not start.
    pub(super) fn start(data: &Path) -> Option<Self> {
        let bin = (15..=18)
            .map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")))
            .find(|p| p.join("pgbench").exists() && p.join("initdb").exists())?;
        let socket = data.join("s");
        let server = Self { bin, data: data.to_owned(), socket };
        std::fs::create_dir_all(data).ok()?;
        server.own(data)?;
        let mut init = as_user(server.bin.join("initdb"));
        init.args(["-A", "trust", "-U", "bench", "-D"]).arg(data);
        done(init)?;
        std::fs::create_dir_all(&server.socket).ok()?;
        server.own(&server.socket)?;
        let mut start = as_user(server.bin.join("pg_ctl"));
        start.args(["-w", "-l", "/dev/null", "-D"]).arg(data).args(["-o"]).arg(format!(
            "-c listen_addresses= -c unix_socket_directories={} -c shared_buffers=512MB -c fsync=on -c synchronous_commit=on -c max_wal_size=4GB",
            server.socket.display()
        ));
        start.arg("start");
        done(start)?;
        Some(server)
    }

    fn own(&self, path: &Path) -> Option<()> {
        if running_as_root() {
            let mut chown = Command::new("chown");
            chown.arg("-R").arg("postgres").arg(path);
            done(chown)?;
        }
        Some(())
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command.arg("-h").arg(&self.socket).args(["-U", "bench"]);
        command
    }

    /// Runs statements; `None` where one fails.
    pub(super) fn sql(&self, sql: &str) -> Option<()> {
        let mut command = self.client("psql");
        command.args(["-d", "postgres", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql]);
        done(command)
    }

    /// Fills a table from CSV; `None` where it is refused.
    pub(super) fn copy(&self, table: &str, csv: &[u8]) -> Option<()> {
        let mut command = self.client("psql");
        let copy = format!("\\copy {table} FROM STDIN WITH (FORMAT csv)");
        command.args(["-d", "postgres", "-q", "-v", "ON_ERROR_STOP=1", "-c", &copy]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.current_dir("/").spawn().ok()?;
        let fed = child.stdin.take()?.write_all(csv);
        child.wait().ok().filter(|s| s.success() && fed.is_ok()).map(|_| ())
    }

    /// Transactions a second of a `pgbench` script with so many clients, over 10 seconds.
    pub(super) fn per_second(&self, script: &str, clients: usize, protocol: &str) -> Option<f64> {
        let file = self.data.with_extension("pgbench");
        std::fs::write(&file, script).ok()?;
        let mut command = self.client("pgbench");
        command.args(["-n", "-j", "2", "-T", "10", "-M", protocol, "-c"]).arg(clients.to_string());
        let output = command.arg("-f").arg(&file).arg("postgres").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let tps = text.lines().find_map(|l| l.strip_prefix("tps = "))?;
        tps.split_whitespace().next()?.parse().ok()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = as_user(self.bin.join("pg_ctl"));
        stop.args(["-m", "immediate", "-D"]).arg(&self.data).arg("stop");
        done(stop);
    }
}
