//! What is measured: a histogram of latencies, and what the kernel says of a process (proc(5)).

use std::{fs, io};

/// Sub-buckets of a power of two: 64, so that a figure is within 1.6 %.
const FINE_BITS: u32 = 6;

/// A histogram of nanoseconds.
#[derive(Default)]
pub struct Histogram {
    buckets: Vec<u64>,
    count: u64,
}

impl Histogram {
    pub fn add(&mut self, nanos: u64) {
        let scale = (63 - (nanos | 1).leading_zeros()).saturating_sub(FINE_BITS);
        let bucket = ((scale as usize) << FINE_BITS) + (nanos >> scale) as usize;
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket + 64, 0);
        }
        self.buckets[bucket] += 1;
        self.count += 1;
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// The latency that this share of all did not exceed, in ms; 0 when there were none.
    pub fn quantile_ms(&self, share: f64) -> f64 {
        let mut left = (self.count as f64 * share).ceil() as u64;
        for (bucket, count) in self.buckets.iter().enumerate() {
            left = left.saturating_sub(*count);
            if left == 0 {
                let scale = (bucket >> FINE_BITS).saturating_sub(1);
                return ((bucket - (scale << FINE_BITS)) << scale) as f64 / 1e6;
            }
        }
        0.0
    }
}

/// CPU seconds a process has used, user and kernel, all its threads.
pub fn cpu_seconds(pid: u32) -> io::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks =
        after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    // USER_HZ is 100 on every architecture Linux runs on but one.
    Ok(ticks.sum::<f64>() / 100.0)
}

/// The proportional set size of a process, KiB.
pub fn pss_kib(pid: u32) -> io::Result<f64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or("");
    Ok(line.trim_end_matches("kB").trim().parse().unwrap_or(0.0))
}

/// How many files and sockets a process holds open.
pub fn open_files(pid: u32) -> io::Result<usize> {
    Ok(fs::read_dir(format!("/proc/{pid}/fd"))?.count())
}

/// How many files and sockets this process may hold open.
pub fn open_files_limit() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap_or("");
    line.split_whitespace().next().and_then(|soft| soft.parse().ok()).unwrap_or(usize::MAX)
}

/// What a reader needs to know to compare: cores, kernel, disk. No host name.
pub fn machine(place: &str) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: f64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.trim_end_matches("kB").trim().parse().ok())
        .unwrap_or(0.0);
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown CPU", |(_, model)| model);
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let disk = mounts
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .filter(|fields| fields.len() > 2 && place.starts_with(fields[1]))
        .max_by_key(|fields| fields[1].len())
        .map_or_else(String::new, |fields| format!("{} on {}", fields[2], fields[0]));
    format!(
        "{cores} cores ({model}), {:.0} GiB, Linux {}, database on {disk}, loopback, no TLS",
        kib / 1024.0 / 1024.0,
        kernel.trim()
    )
}
