//! What the simulated loop finds and mends, and the small generator that chooses among it.

/// The tools it claims to run, one a step.
pub(super) const TOOLS: [&str; 4] = ["sim-scan", "sim-patch", "sim-fuzz", "sim-test"];

/// Issues by severity.
pub(super) const FINDINGS: [(&str, &str); 10] = [
    (
        "critical",
        "SQL built from request parameters in the order search",
    ),
    ("high", "Session token accepted after logout"),
    ("high", "Path of an upload joined without a check"),
    ("medium", "Missing rate limit on the password form"),
    ("medium", "Stack trace shown to the visitor"),
    ("medium", "Cookie without the Secure flag"),
    ("low", "Directory listing is on"),
    ("low", "Server version in a response header"),
    ("high", "Deserialization of untrusted input in the import"),
    ("low", "Outdated TLS cipher offered"),
];

/// What mends each of [`FINDINGS`], by the same index.
pub(super) const FIXES: [&str; FINDINGS.len()] = [
    "Bind the parameters of the order search",
    "Revoke the token on logout",
    "Refuse upload names that leave the folder",
    "Limit the password form to five tries a minute",
    "Show a plain error page",
    "Set Secure on the cookie",
    "Turn directory listing off",
    "Leave the version out of the header",
    "Read the import with a schema",
    "Offer modern ciphers only",
];

/// What the attack finds.
pub(super) const VULNERABILITIES: [&str; 5] = [
    "Login bypass with a doubled parameter",
    "Reflected script in the search field",
    "Out-of-memory on a nested archive",
    "Timing difference reveals user names",
    "Open redirect after sign-in",
];

/// A seeded generator (SplitMix64): enough to vary a story, and the same story on every machine.
#[derive(Debug, Clone)]
pub(super) struct Draw(u64);

impl Draw {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound - 1`; 0 for a bound of 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    /// Different indexes below `of`, at most `count`, rising.
    pub(super) fn some_of(&mut self, of: usize, count: usize) -> Vec<usize> {
        let mut left: Vec<usize> = (0..of).collect();
        let mut picked: Vec<usize> = (0..count.min(of))
            .map(|_| left.swap_remove(self.below(left.len())))
            .collect();
        picked.sort_unstable();
        picked
    }
}
