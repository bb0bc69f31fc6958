//! Reads settings as values of a type. In: texts with their source. Out: values, or what is wrong and where it stands.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use loopscope_protocol::SettingSource;

use super::Spec;
use super::resolve::Resolved;

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {message}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        message: String,
    },
    /// The file holds a name that means nothing.
    #[error("{path}: there is no setting `{key}`; `loopscope config` lists them all")]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The name.
        key: String,
    },
    /// A value that cannot be understood.
    #[error("{key} = `{value}` ({source_name}): {message}")]
    Value {
        /// The setting.
        key: &'static str,
        /// Its value.
        value: String,
        /// Where the value is from.
        source_name: String,
        /// What is expected.
        message: String,
    },
}

/// Looks settings up by their key.
pub(super) struct Reader<'a> {
    resolved: &'a [Resolved],
}

impl<'a> Reader<'a> {
    pub(super) fn new(resolved: &'a [Resolved]) -> Self {
        Self { resolved }
    }

    fn find(&self, key: &str) -> Option<&'a Resolved> {
        self.resolved
            .iter()
            .find(|resolved| resolved.spec.key == key)
    }

    /// All values of a setting.
    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        self.find(key)
            .map_or_else(Vec::new, |found| found.values.clone())
    }

    /// The value of a setting; empty where there is none.
    pub(super) fn text(&self, key: &str) -> String {
        self.texts(key).into_iter().next().unwrap_or_default()
    }

    /// The value as a path; `None` where there is none.
    pub(super) fn path(&self, key: &str) -> Option<PathBuf> {
        let text = self.text(key);
        (!text.is_empty()).then(|| PathBuf::from(text))
    }

    /// The value as a whole number.
    pub(super) fn number<T: FromStr>(&self, key: &'static str) -> Result<T, ConfigError> {
        let text = self.text(key).replace('_', "");
        text.parse()
            .map_err(|_| self.refuse(key, "a whole number is expected"))
    }

    /// The value as a switch: `true`, `on`, `yes`, `1` in any case, and their opposites.
    pub(super) fn switch(&self, key: &'static str) -> Result<bool, ConfigError> {
        match self.text(key).to_ascii_lowercase().as_str() {
            "true" | "on" | "yes" | "1" => Ok(true),
            "false" | "off" | "no" | "0" | "" => Ok(false),
            _ => Err(self.refuse(key, "true or false is expected")),
        }
    }

    /// Where a setting's value is from.
    pub(super) fn source(&self, key: &str) -> SettingSource {
        self.find(key)
            .map_or(SettingSource::Default, |found| found.source)
    }

    /// Refuses a setting's value.
    pub(super) fn refuse(&self, key: &'static str, message: impl Into<String>) -> ConfigError {
        let source_name = match self.find(key) {
            Some(found) => match (found.source, found.spec.flag) {
                (SettingSource::Flag, Some(flag)) => format!("--{flag}"),
                (SettingSource::Environment, _) => found.spec.env.to_owned(),
                (SettingSource::File, _) => "loopscope.toml".to_owned(),
                _ => "default".to_owned(),
            },
            None => String::new(),
        };
        ConfigError::Value {
            key,
            value: self.texts(key).join(", "),
            source_name,
            message: message.into(),
        }
    }
}

/// Reads `loopscope.toml`.
pub fn read_file(path: &Path) -> Result<toml::Table, ConfigError> {
    let refuse = |message: String| ConfigError::File {
        path: path.to_owned(),
        message,
    };
    let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
    text.parse()
        .map_err(|error: toml::de::Error| refuse(error.to_string()))
}

/// What the file says to a setting; numbers and switches as text.
pub(super) fn file_values(
    spec: &'static Spec,
    table: &toml::Table,
) -> Result<Option<Vec<String>>, ConfigError> {
    let mut keys = spec.key.splitn(2, '.');
    let section = keys.next().and_then(|section| table.get(section));
    let Some(value) = section.zip(keys.next()).and_then(|(s, key)| s.get(key)) else {
        return Ok(None);
    };
    let values = match value {
        toml::Value::Array(items) if spec.many => items.iter().map(as_text).collect(),
        single => as_text(single).map(|text| vec![text]),
    };
    values.map(Some).ok_or_else(|| ConfigError::Value {
        key: spec.key,
        value: value.to_string(),
        source_name: "loopscope.toml".to_owned(),
        message: format!("{} is expected", expected(spec)),
    })
}

fn expected(spec: &Spec) -> &'static str {
    if spec.many {
        "a value or a list of values"
    } else {
        "one value"
    }
}

fn as_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        _ => None,
    }
}
