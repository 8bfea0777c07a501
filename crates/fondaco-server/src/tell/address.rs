//! Where the house may call: to public addresses by HTTPS, and to what its operator names.
//!
//! Who subscribes chooses the address, the house stands where the receiver does not: inside. So what is
//! called is not the name but the address it was looked up to be, and that is held against the registers
//! of special-purpose addresses of IANA (RFC 6890 and its updates) before any connection is made.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Why an address is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// It is no address.
    #[error("not an address")]
    Unreadable,
    /// It is not `https:`.
    #[error("not https")]
    NotHttps,
    /// A name or password stands in it.
    #[error("a name or password in the address")]
    Credentials,
    /// It is no public address.
    #[error("not a public address")]
    NotPublic,
    /// Mails are not sent by this house.
    #[error("no mail relay")]
    NoRelay,
}

/// Networks of version 4 that are not public: first address, bits.
const SPECIAL: &[([u8; 4], u32)] = &[
    ([0, 0, 0, 0], 8),       // this network
    ([10, 0, 0, 0], 8),      // private
    ([100, 64, 0, 0], 10),   // shared with the carrier
    ([127, 0, 0, 0], 8),     // loopback
    ([169, 254, 0, 0], 16),  // link-local, and what clouds tell their machines
    ([172, 16, 0, 0], 12),   // private
    ([192, 0, 0, 0], 24),    // protocol assignments
    ([192, 0, 2, 0], 24),    // documentation
    ([192, 31, 196, 0], 24), // AS112
    ([192, 52, 193, 0], 24), // AMT
    ([192, 88, 99, 0], 24),  // 6to4 relays
    ([192, 168, 0, 0], 16),  // private
    ([192, 175, 48, 0], 24), // AS112
    ([198, 18, 0, 0], 15),   // benchmarks
    ([198, 51, 100, 0], 24), // documentation
    ([203, 0, 113, 0], 24),  // documentation
    ([224, 0, 0, 0], 4),     // multicast
    ([240, 0, 0, 0], 4),     // reserved, broadcast
];

/// Networks within 2000::/3 that are not public, or lead to one of version 4; all else outside 2000::/3
/// is not public either (loopback, mapped, NAT64, unique local, link-local, site-local, multicast).
const SPECIAL_6: &[([u16; 2], u32)] = &[
    ([0x2001, 0], 23),     // protocol assignments: Teredo, ORCHID, benchmarks
    ([0x2001, 0xdb8], 32), // documentation
    ([0x2002, 0], 16),     // 6to4
    ([0x2620, 0x4f], 32),  // AS112 (2620:4f:8000::/48)
    ([0x3fff, 0], 20),     // documentation
];

/// Whether an address is one of the public network.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_4(v4),
        IpAddr::V6(v6) => is_public_6(v6),
    }
}

fn is_public_4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    !SPECIAL.iter().any(|(first, long)| {
        let first = u32::from(Ipv4Addr::from(*first));
        (bits ^ first).leading_zeros() >= *long
    })
}

fn is_public_6(address: Ipv6Addr) -> bool {
    let bits = u128::from(address);
    if bits >> 125 != 0b001 {
        return false;
    }
    !SPECIAL_6.iter().any(|([a, b], long)| {
        let first = (u128::from(*a) << 112) | (u128::from(*b) << 96);
        (bits ^ first).leading_zeros() >= *long
    })
}

/// Who may be called.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guard {
    /// Hosts, with or without a port, that the operator named: by HTTP too, at any address.
    named: BTreeSet<String>,
}

impl Guard {
    /// Hosts of a file: one to a line, `#` begins a comment.
    pub(crate) fn new(file: &str) -> Self {
        let line = |line: &str| line.split('#').next().unwrap_or_default().trim().to_lowercase();
        Self { named: file.lines().map(line).filter(|l| !l.is_empty()).collect() }
    }

    fn is_named(&self, uri: &Uri) -> bool {
        let Some(authority) = uri.authority() else { return false };
        let host = authority.host().to_lowercase();
        let port =
            authority.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
        self.named.contains(&host) || self.named.contains(&format!("{host}:{port}"))
    }

    /// Whether a subscription may name this address.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn url(&self, text: &str) -> Result<(), Refused> {
        let uri: Uri = text.parse().map_err(|_| Refused::Unreadable)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(Refused::Unreadable);
        };
        if text.len() > 2_000 || text.contains('#') || authority.host().is_empty() {
            return Err(Refused::Unreadable);
        }
        if authority.as_str().contains('@') {
            return Err(Refused::Credentials);
        }
        if self.is_named(&uri) {
            return if matches!(scheme, "http" | "https") {
                Ok(())
            } else {
                Err(Refused::NotHttps)
            };
        }
        if scheme != "https" {
            return Err(Refused::NotHttps);
        }
        // Told at once where the address stands there; a name is looked up at each call.
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        match host.parse::<IpAddr>() {
            Ok(address) if !is_public(address) => Err(Refused::NotPublic),
            _ => Ok(()),
        }
    }

    /// Whether what a name was looked up to be may be called: each of them.
    ///
    /// # Errors
    /// [`Refused`].
    pub(crate) fn found(&self, uri: &Uri, found: &[SocketAddr]) -> Result<(), Refused> {
        if self.is_named(uri) {
            return Ok(());
        }
        if uri.scheme_str() != Some("https") {
            return Err(Refused::NotHttps);
        }
        // One that is not public among others is no accident.
        let public = found.iter().all(|a| is_public(a.ip()));
        if public { Ok(()) } else { Err(Refused::NotPublic) }
    }
}

/// Looks names up and lets through what may be called: the connection is made to what is returned here,
/// so that a name cannot be another address by then.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) guard: Guard,
    pub(crate) inner: DefaultResolver,
}

impl Resolver for Checked {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        self.guard.found(uri, &found).map_err(|refused| ureq::Error::Other(Box::new(refused)))?;
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A subscription to `url`, whose name is found at `found`.
    fn check(url: &str, found: &str, expect: Result<(), Refused>) {
        let guard = Guard::new("# ours\nInside.Example:8080\n127.0.0.1:9000\n");
        let port = |text: &str| format!("{text}:443").parse::<SocketAddr>().unwrap();
        let found: Vec<SocketAddr> = found.split(' ').filter(|t| !t.is_empty()).map(port).collect();
        let told = guard.url(url).and_then(|()| {
            let uri: Uri = url.parse().unwrap();
            guard.found(&uri, &found)
        });
        assert_eq!(told, expect, "{url} at {found:?}");
    }

    #[test]
    fn only_public_addresses_and_named_hosts_are_called() {
        use Refused::{Credentials, NotHttps, NotPublic, Unreadable};
        check("https://a.example/x", "93.184.216.34", Ok(()));
        check("https://a.example:8443/x?y=z", "[2606:2800:21f:cb07::1]", Ok(()));
        check("https://[2606:2800:21f:cb07::1]/x", "[2606:2800:21f:cb07::1]", Ok(()));
        check("https://1.1.1.1/", "1.1.1.1", Ok(()));
        check("https://a.example/", "172.32.0.1 172.15.255.255 11.0.0.0 100.128.0.0", Ok(()));
        check("http://a.example/x", "93.184.216.34", Err(NotHttps));
        check("ftp://a.example/x", "93.184.216.34", Err(NotHttps));
        check("file:///etc/passwd", "93.184.216.34", Err(Unreadable));
        check("https:///x", "93.184.216.34", Err(Unreadable));
        check("a.example", "93.184.216.34", Err(Unreadable));
        check("/x", "93.184.216.34", Err(Unreadable));
        check("https://a.example/x#y", "93.184.216.34", Err(Unreadable));
        check("https://user:pw@a.example/", "93.184.216.34", Err(Credentials));
        check("https://a.example@127.0.0.1/", "93.184.216.34", Err(Credentials));
        // As they stand.
        for text in [
            "https://127.0.0.1/",
            "https://127.9.9.9/",
            "https://[::1]/",
            "https://0.0.0.0/",
            "https://10.0.0.1/",
            "https://172.16.0.1/",
            "https://172.31.255.255/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://100.64.0.1/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00:ec2::254]/",
            "https://[fe80::1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://224.0.0.1/",
            "https://[ff02::1]/",
            "https://255.255.255.255/",
            "https://[::]/",
            "https://192.0.2.1/",
            "https://198.18.0.1/",
            "https://[2001:db8::1]/",
            "https://[2001::1]/",
            "https://[::127.0.0.1]/",
            "https://[fec0::1]/",
            "https://240.0.0.1/",
        ] {
            check(text, "", Err(NotPublic));
        }
        // As they are found, whatever they are called; one among others is enough.
        for found in [
            "127.0.0.1",
            "93.184.216.34 10.0.0.1",
            "[::1]",
            "[::ffff:192.168.0.1]",
            "0.0.0.0",
            "169.254.169.254",
            "100.127.255.255",
            "[fc00::1]",
            "[fdff::1]",
            "[64:ff9b::a00:1]",
            "192.0.0.8",
            "[2001:10::1]",
            "[3fff:fff::1]",
            "[100::1]",
            "[5f00::1]",
        ] {
            for name in [
                "https://a.example/",
                "https://localhost/",
                "https://2130706433/",
                "https://0x7f.1/",
                "https://127.1/",
                "https://metadata.google.internal/",
            ] {
                check(name, found, Err(NotPublic));
            }
        }
        // Named by the operator: by its port where one is named, and in any letters.
        check("http://127.0.0.1:9000/hook", "127.0.0.1", Ok(()));
        check("http://127.0.0.1:9001/hook", "127.0.0.1", Err(NotHttps));
        check("https://127.0.0.1:9001/hook", "127.0.0.1", Err(NotPublic));
        check("http://inside.example:8080/", "10.1.2.3", Ok(()));
        check("https://INSIDE.example:8080/", "10.1.2.3", Ok(()));
        check("https://inside.example/", "10.1.2.3", Err(NotPublic));
        check("ftp://inside.example:8080/", "10.1.2.3", Err(NotHttps));
    }
}
