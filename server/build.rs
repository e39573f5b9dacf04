//! Builds the web app into `OUT_DIR/web`, so that one binary carries it. npm runs only when an
//! input changed. `ROOST_WEB_DIST` names a folder that was built elsewhere, for machines without
//! Node.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

const INPUTS: [&str; 6] =
    ["src", "public", "index.html", "package-lock.json", "tsconfig.json", "vite.config.ts"];

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("web");
    let web = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"))
        .join("../mobile-bridge/web");
    println!("cargo::rerun-if-env-changed=ROOST_WEB_DIST");
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=../config/roost.toml");
    for input in INPUTS {
        println!("cargo::rerun-if-changed={}", web.join(input).display());
    }
    match env::var_os("ROOST_WEB_DIST") {
        Some(built) => copy(Path::new(&built), &out),
        None => build(&web, &out),
    }
    assert!(out.join("index.html").exists(), "the web app was built without an index.html");
}

fn build(web: &Path, out: &Path) {
    let lock = web.join("package-lock.json");
    let installed = web.join("node_modules/.package-lock.json");
    if modified(&installed) < modified(&lock) {
        npm(web, &["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    }
    let out = out.to_str().expect("the target folder has a plain name");
    // Types are checked by `npm run check`; a binary only needs the bundle.
    npm(web, &["exec", "--", "vite", "build", "--outDir", out, "--emptyOutDir"]);
}

fn npm(web: &Path, arguments: &[&str]) {
    let done = Command::new("npm").args(arguments).current_dir(web).output();
    let output = done.unwrap_or_else(|e| {
        panic!(
            "\n\n  Roost's web app needs Node.js 20 or newer to be built (npm: {e}).\n  \
             Install Node, or set ROOST_WEB_DIST to a folder with a built web app.\n"
        )
    });
    assert!(
        output.status.success(),
        "npm {} failed:\n{}{}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("OUT_DIR can be written");
    for item in fs::read_dir(from).expect("ROOST_WEB_DIST is a folder that can be read").flatten() {
        let target = to.join(item.file_name());
        if item.path().is_dir() {
            copy(&item.path(), &target);
        } else {
            fs::copy(item.path(), target).expect("OUT_DIR can be written");
        }
    }
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}
