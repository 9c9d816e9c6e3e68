//! The folder of the built files, which the build names after their contents.

use app::Assets;
use std::path::Path;

/// The folder below the site's root that holds the built files.
const PACKAGES: &str = "pkg";

/// Finds the folder of the built files in the site's root. Without one, the files stand in `pkg` itself.
#[must_use]
pub(crate) fn find(root: &Path) -> Assets {
    let entries = std::fs::read_dir(root.join(PACKAGES)).into_iter().flatten().flatten();
    let mut names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let version = names.find(|name| is_version(name));
    Assets(version.map_or_else(|| PACKAGES.to_owned(), |version| format!("{PACKAGES}/{version}")).into())
}

/// Returns `true` for the path of a file whose contents never change.
pub(crate) fn is_versioned(path: &str) -> bool {
    let inside = path.strip_prefix('/').and_then(|path| path.strip_prefix(PACKAGES)?.strip_prefix('/'));
    inside.and_then(|inside| inside.split_once('/')).is_some_and(|(version, _)| is_version(version))
}

/// A version is a digest of 64 bits in hexadecimal.
fn is_version(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_the_built_files_is_found_or_is_the_plain_one() {
        let root = std::env::temp_dir().join(format!("countersign-assets-{}", std::process::id()));
        assert_eq!(&*find(&root).0, "pkg");
        std::fs::create_dir_all(root.join("pkg/snippets")).unwrap();
        assert_eq!(&*find(&root).0, "pkg");
        std::fs::create_dir_all(root.join("pkg/0123456789abcdef")).unwrap();
        assert_eq!(&*find(&root).0, "pkg/0123456789abcdef");
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn only_versioned_files_never_change() {
        for (path, versioned) in [
            ("/pkg/0123456789abcdef/countersign.js", true),
            ("/pkg/0123456789abcdef/snippets/a/b.js", true),
            ("/pkg/countersign.css", false),
            ("/pkg/0123456789abcdef", false),
            ("/pkg/snippets/a.js", false),
            ("/page/0123456789abcdef/a.js", false),
            ("/sw.js", false),
        ] {
            assert_eq!(is_versioned(path), versioned, "{path}");
        }
    }
}
