//! A browser whose clock and storage are the test's: what pages store, and how long it lasts.

use std::cell::{RefCell, RefMut};
use std::collections::BTreeMap;
use std::rc::Rc;

use hoglet::core::KeepaliveLedger;
use hoglet::core::id::SEED_BYTES;
use hoglet::core::persistence::{Names, Place, Stored, Write};
use hoglet::core::time::{MonotonicTime, Now, WallTime};
use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// The wall clock's moment at which every browser starts.
pub(crate) const STARTED: u64 = 1_767_319_445_678;

/// The most that a cookie's name and value may have, in bytes.
const MAX_COOKIE_BYTES: usize = 4_096;

/// A browser; clones are the same browser.
#[derive(Clone)]
pub(crate) struct Browser(Rc<RefCell<Contents>>);

pub(crate) struct Contents {
    /// Milliseconds since the start.
    pub(crate) clock: u64,
    pub(crate) local: BTreeMap<String, String>,
    /// Whether localStorage is there at all.
    pub(crate) allows_local: bool,
    /// The most that localStorage holds, in bytes.
    pub(crate) local_quota: usize,
    pub(crate) allows_session: bool,
    pub(crate) allows_cookies: bool,
    pub(crate) cookies: Vec<Cookie>,
    /// The segments that lie in IndexedDB.
    pub(crate) archive: BTreeMap<String, String>,
    pub(crate) allows_archive: bool,
    pub(crate) has_locks: bool,
    /// The journals that pages own, and the page of each.
    pub(crate) locks: BTreeMap<String, u64>,
    /// How many pages were opened.
    pub(crate) pages: u64,
    /// Where the entropy of pages comes from.
    random: SplitMix64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cookie {
    pub(crate) name: String,
    pub(crate) value: String,
    /// The clock at which it goes, unless it goes with the browser.
    expires: Option<u64>,
}

/// A tab of a browser; clones are the same tab.
#[derive(Clone)]
pub(crate) struct Tab {
    pub(crate) browser: Browser,
    pub(crate) session: Rc<RefCell<BTreeMap<String, String>>>,
    pub(crate) keepalive: KeepaliveLedger,
}

impl Browser {
    pub(crate) fn start() -> Self {
        Self::another(0)
    }

    /// A browser in which other ids are made than in one of another number.
    pub(crate) fn another(number: u64) -> Self {
        Self(Rc::new(RefCell::new(Contents {
            clock: 0,
            local: BTreeMap::new(),
            allows_local: true,
            local_quota: 5_000_000,
            allows_session: true,
            allows_cookies: true,
            cookies: Vec::new(),
            archive: BTreeMap::new(),
            allows_archive: true,
            has_locks: true,
            locks: BTreeMap::new(),
            pages: 0,
            random: SplitMix64::seed_from_u64(number),
        })))
    }

    /// What the browser holds, to look at and to change.
    pub(crate) fn contents(&self) -> RefMut<'_, Contents> {
        self.0.borrow_mut()
    }

    pub(crate) fn tab(&self) -> Tab {
        Tab {
            browser: self.clone(),
            session: Rc::default(),
            keepalive: KeepaliveLedger::default(),
        }
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, millis: u64) {
        self.contents().clock += millis;
    }

    pub(crate) fn now(&self) -> Now {
        let clock = self.contents().clock;
        Now {
            wall: WallTime::from_millis(STARTED + clock),
            monotonic: MonotonicTime::from_millis(clock),
        }
    }

    /// Entropy that no other page of this browser has.
    pub(crate) fn entropy(&self) -> [u8; SEED_BYTES] {
        let mut contents = self.contents();
        let mut entropy = [0; SEED_BYTES];
        for chunk in entropy.chunks_exact_mut(8) {
            chunk.copy_from_slice(&contents.random.next_u64().to_le_bytes());
        }
        entropy
    }

    /// An entry of localStorage.
    pub(crate) fn local(&self, name: &str) -> Option<String> {
        let contents = self.contents();
        let allowed = contents.allows_local;
        contents.local.get(name).filter(|_| allowed).cloned()
    }

    /// What tabs share in localStorage.
    pub(crate) fn shared(&self, names: &Names) -> [Option<String>; 4] {
        names.shared().map(|name| self.local(name))
    }

    /// A cookie's value, decoded.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let contents = self.contents();
        let cookie = contents.living_cookies().find(|cookie| cookie.name == name);
        cookie.map(|cookie| decoded(&cookie.value))
    }

    /// `document.cookie`.
    pub(crate) fn cookies(&self) -> String {
        let contents = self.contents();
        let cookies = contents.living_cookies();
        let cookies: Vec<_> = cookies
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        cookies.join("; ")
    }

    /// Sets a cookie as `document.cookie` does.
    pub(crate) fn set_cookie(&self, text: &str) {
        let mut contents = self.contents();
        if !contents.allows_cookies {
            return;
        }
        let mut parts = text.split(';').map(str::trim);
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        assert!(
            name.len() + value.len() <= MAX_COOKIE_BYTES,
            "a cookie of {} bytes, which no browser takes",
            name.len() + value.len()
        );
        let age = parts.find_map(|part| part.strip_prefix("max-age="));
        let age: Option<u64> = age.map(|age| age.parse().unwrap());
        contents.cookies.retain(|cookie| cookie.name != name);
        if age != Some(0) {
            let expires = age.map(|seconds| contents.clock + seconds * 1_000);
            contents.cookies.push(Cookie {
                name: name.to_owned(),
                value: value.to_owned(),
                expires,
            });
        }
    }
}

impl Contents {
    /// The stored segments whose keys begin so, as the adapter tells them.
    pub(crate) fn segments(&self, prefix: &str) -> String {
        let local = self.local.iter().filter(|_| self.allows_local);
        let local = local.map(|(key, text)| (key, format!("l{key} {}", text.len())));
        let archived = self.archive.keys().map(|key| (key, format!("a{key}")));
        let lines: Vec<_> = local
            .chain(archived)
            .filter(|(key, _)| key.starts_with(prefix))
            .map(|(_, line)| line)
            .collect();
        lines.join("\n")
    }

    fn living_cookies(&self) -> impl Iterator<Item = &Cookie> {
        let lives = |cookie: &&Cookie| cookie.expires.is_none_or(|end| end > self.clock);
        self.cookies.iter().filter(lives)
    }

    fn set_local(&mut self, name: &str, value: &str) -> bool {
        let others = self.local.iter().filter(|(other, _)| *other != name);
        let used: usize = others.map(|(name, value)| name.len() + value.len()).sum();
        let fits = used + name.len() + value.len() <= self.local_quota;
        if fits {
            self.local.insert(name.to_owned(), value.to_owned());
        }
        fits
    }
}

impl Tab {
    /// Another tab with a copy of what this one's sessionStorage holds, as when the visitor duplicates it.
    pub(crate) fn duplicate(&self) -> Self {
        Self {
            browser: self.browser.clone(),
            session: Rc::new(RefCell::new(self.session.borrow().clone())),
            keepalive: KeepaliveLedger::default(),
        }
    }

    /// An entry of sessionStorage.
    pub(crate) fn session(&self, name: &str) -> Option<String> {
        let allowed = self.browser.contents().allows_session;
        self.session.borrow().get(name).filter(|_| allowed).cloned()
    }

    /// What a page that opens here finds stored.
    pub(crate) fn stored(&self, names: &Names) -> Stored {
        Stored {
            local: self.browser.local(&names.main),
            flags: self.browser.local(&names.flags),
            session: self.session(&names.main),
            window_id: self.session(&names.window_id),
            primary_window: self.session(&names.primary_window),
            session_registered: self.session(&names.session_registered),
            consent: self.browser.local(&names.consent),
            flags_lease: self.browser.local(&names.flags_lease),
            cookies: self.browser.cookies(),
        }
    }

    /// Stores a value, as the adapter of the browser does it: what is stale does not stay where the new does not fit.
    pub(crate) fn write(&self, write: &Write) -> bool {
        let Write { name, value, .. } = write;
        match write.place {
            Place::LocalStorage | Place::Outbox => {
                let mut contents = self.browser.contents();
                match value {
                    _ if !contents.allows_local => value.is_none(),
                    Some(value) => {
                        contents.set_local(name, value)
                            || write.place != Place::Outbox && {
                                contents.local.remove(name);
                                contents.set_local(name, value)
                            }
                    }
                    None => {
                        contents.local.remove(name);
                        true
                    }
                }
            }
            Place::SessionStorage => {
                if !self.browser.contents().allows_session {
                    return value.is_none();
                }
                let mut session = self.session.borrow_mut();
                match value {
                    Some(value) => session.insert(name.clone(), value.clone()),
                    None => session.remove(name),
                };
                true
            }
            Place::Cookie | Place::SiteCookie => {
                let removal = || format!("{name}=; max-age=0; path=/");
                self.browser
                    .set_cookie(&value.clone().unwrap_or_else(removal));
                true
            }
        }
    }
}

/// Resolves percent-encoding; every `%` must start a pair of digits.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        bytes.push(if *first == b'%' {
            let digits = std::str::from_utf8(&tail[..2]).unwrap();
            rest = &tail[2..];
            u8::from_str_radix(digits, 16).unwrap()
        } else {
            *first
        });
    }
    String::from_utf8(bytes).unwrap()
}
