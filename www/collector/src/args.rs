//! The command line.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::str::FromStr;

use clap::Parser;
use thiserror::Error;

/// Takes what a PostHog SDK sends, keeps it in SQLite, and serves files beside it. For development and tests.
#[derive(Clone, Debug, Parser)]
#[command(name = "collector")]
pub struct Args {
    /// Port to listen on; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,

    /// Address to listen on; anything but a loopback address opens the collector to the network
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub host: IpAddr,

    /// SQLite file, created with its folders if missing, or ":memory:"
    #[arg(long, default_value = ":memory:", value_name = "PATH")]
    pub database: PathBuf,

    /// Serve the files of a folder under a path; the longest prefix wins
    #[arg(long = "mount", value_name = "PREFIX=DIR")]
    pub mounts: Vec<Mount>,

    /// Answer a file for every GET under a path that matches no file (client-side routes)
    #[arg(long = "spa", value_name = "PREFIX=FILE")]
    pub spas: Vec<Mount>,

    /// Define the feature flags of a JSON file, {"token": {"key": definition}}, in projects that have none
    #[arg(long, value_name = "FILE")]
    pub flags: Option<PathBuf>,
}

/// A path prefix of the server and the folder or file behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Begins with `/` and does not end with one; the root is the empty string.
    pub prefix: String,
    /// The folder (`--mount`) or the file (`--spa`).
    pub target: PathBuf,
}

impl Mount {
    /// The part of `path` below the prefix, beginning with `/`; `None` if the path lies elsewhere.
    pub fn strip<'a>(&self, path: &'a str) -> Option<&'a str> {
        match path.strip_prefix(&self.prefix)? {
            "" => Some("/"),
            rest if rest.starts_with('/') => Some(rest),
            _ => None,
        }
    }
}

/// Why the text after `--mount` or `--spa` is refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum MountError {
    /// No `=` or nothing behind it.
    #[error("write it as PREFIX=PATH, for example /=www/demo")]
    Shape,
    /// A relative prefix.
    #[error("the prefix must begin with a slash")]
    Prefix,
}

impl FromStr for Mount {
    type Err = MountError;

    fn from_str(text: &str) -> Result<Self, MountError> {
        let (prefix, target) = text.split_once('=').ok_or(MountError::Shape)?;
        if target.is_empty() {
            return Err(MountError::Shape);
        }
        if !prefix.starts_with('/') {
            return Err(MountError::Prefix);
        }
        Ok(Self {
            prefix: prefix.trim_end_matches('/').to_owned(),
            target: target.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_is_a_prefix_and_a_path() {
        let mount: Mount = "/hoglet/=pkg".parse().unwrap();
        assert_eq!(
            mount,
            Mount {
                prefix: "/hoglet".into(),
                target: "pkg".into()
            }
        );
        assert_eq!("/hoglet".parse::<Mount>(), Err(MountError::Shape));
        assert_eq!("/hoglet=".parse::<Mount>(), Err(MountError::Shape));
        assert_eq!("hoglet=pkg".parse::<Mount>(), Err(MountError::Prefix));
    }

    #[test]
    fn a_prefix_ends_at_a_slash() {
        let mount: Mount = "/shop=demo".parse().unwrap();
        assert_eq!(mount.strip("/shop"), Some("/"));
        assert_eq!(mount.strip("/shop/cart"), Some("/cart"));
        assert_eq!(mount.strip("/shopping"), None);
        let root: Mount = "/=demo".parse().unwrap();
        assert_eq!(root.strip("/cart"), Some("/cart"));
    }
}
