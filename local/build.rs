//! Lists the files of the clients in tables, which become part of the program.
//!
//! Written by hand, as it is short: nothing has to be built before it, and unlike with a macro cargo notices a file
//! that is new.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    write_table("web", &files_of("web")?)?;
    let graphiql = if cfg!(feature = "graphiql") { files_of("graphiql")? } else { Vec::new() };
    write_table("graphiql", &graphiql)
}

/// All files of `client/<client>/dist`, sorted by name, each with its path.
fn files_of(client: &str) -> Result<Vec<(String, PathBuf)>, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("this crate is not in the workspace")?;
    let dist = root.join("client").join(client).join("dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    let mut files = Vec::new();
    // A missing folder is told of in the same way as one without a page.
    let _ = list(&dist, "", &mut files);
    if !files.iter().any(|(name, _)| matches!(name.as_str(), "index.html" | "index.html.br")) {
        let folder = format!("client/{client}");
        return Err(format!("{folder}/dist has no index.html: run `npm ci && npm run build` in {folder}").into());
    }
    files.sort();
    Ok(files)
}

/// Writes files as one Rust expression.
#[expect(clippy::disallowed_methods, reason = "cargo tells build scripts by the environment where to write")]
fn write_table(client: &str, files: &[(String, PathBuf)]) -> Result<(), Box<dyn Error>> {
    let mut table = "&[\n".to_owned();
    for (name, path) in files {
        let path = fs::canonicalize(path)?;
        let path = path.to_str().ok_or("the path of the sources is not UTF-8")?;
        writeln!(table, "({name:?}, include_bytes!({path:?}).as_slice()),")?;
    }
    table.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    Ok(fs::write(out.join(format!("{client}.rs")), table)?)
}

/// Adds the files below a folder, by their names relative to the first.
fn list(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| format!("{} is not UTF-8", name.display()))?;
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{prefix}{name}/"), files)?;
        } else {
            files.push((format!("{prefix}{name}"), entry.path()));
        }
    }
    Ok(())
}
