//! Puts the layers on top of each other. In: what flags, environment and file say. Out: each setting's values and
//! where they came from.

use std::collections::HashMap;

use loopscope_protocol::{Setting, SettingSource};

use super::read::{Reader, file_values};
use super::{Config, ConfigError, SETTINGS, Spec};

/// What was said, layer by layer.
#[derive(Debug, Default)]
pub struct Layers {
    /// Flags that were given, by their name.
    pub flags: HashMap<&'static str, Vec<String>>,
    /// The environment.
    pub env: HashMap<String, String>,
    /// `loopscope.toml` and its path, where there is one.
    pub file: Option<(std::path::PathBuf, toml::Table)>,
}

/// The value of one setting, and where it is from.
#[derive(Debug, Clone)]
pub(super) struct Resolved {
    pub spec: &'static Spec,
    pub values: Vec<String>,
    pub source: SettingSource,
}

/// The effective configuration. Fails with the first setting that cannot be understood, naming its source.
pub fn resolve(layers: &Layers) -> Result<Config, ConfigError> {
    if let Some((path, table)) = &layers.file {
        refuse_unknown(path, table)?;
    }
    let mut resolved = Vec::with_capacity(SETTINGS.len());
    for spec in SETTINGS {
        resolved.push(resolve_one(spec, layers)?);
    }
    let report = resolved.iter().map(Resolved::report).collect();
    Config::read(&Reader::new(&resolved), report)
}

fn resolve_one(spec: &'static Spec, layers: &Layers) -> Result<Resolved, ConfigError> {
    let with = |values, source| Resolved {
        spec,
        values,
        source,
    };
    let flag = spec.flag.and_then(|flag| layers.flags.get(flag));
    if let Some(values) = flag.filter(|values| !values.is_empty()) {
        return Ok(with(listed(spec, values.clone()), SettingSource::Flag));
    }
    // An empty variable is a list of nothing where a list is asked for, and says nothing anywhere else.
    let variable = layers.env.get(spec.env);
    if let Some(value) = variable.filter(|value| spec.many || !value.trim().is_empty()) {
        return Ok(with(split(spec, value), SettingSource::Environment));
    }
    if let Some((_, table)) = &layers.file
        && let Some(values) = file_values(spec, table)?
    {
        return Ok(with(listed(spec, values), SettingSource::File));
    }
    Ok(with(split(spec, spec.default), SettingSource::Default))
}

/// What was said one by one: an empty one of a list is none.
fn listed(spec: &Spec, mut values: Vec<String>) -> Vec<String> {
    if spec.many {
        values.retain(|value| !value.trim().is_empty());
    }
    values
}

/// The values in a variable's text.
fn split(spec: &Spec, text: &str) -> Vec<String> {
    let values: Box<dyn Iterator<Item = &str>> = if spec.many {
        Box::new(text.split(','))
    } else {
        Box::new(std::iter::once(text))
    };
    values
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A misspelt name in the file is told, not passed over.
fn refuse_unknown(path: &std::path::Path, table: &toml::Table) -> Result<(), ConfigError> {
    for (section, content) in table {
        let names: Vec<String> = match content {
            toml::Value::Table(inner) => {
                inner.keys().map(|key| format!("{section}.{key}")).collect()
            }
            _ => vec![section.clone()],
        };
        for name in names {
            if !SETTINGS.iter().any(|spec| spec.key == name) {
                return Err(ConfigError::UnknownKey {
                    path: path.to_owned(),
                    key: name,
                });
            }
        }
    }
    Ok(())
}

impl Resolved {
    fn report(&self) -> Setting {
        Setting {
            key: self.spec.key.to_owned(),
            value: self.values.join(", "),
            source: self.source,
            flag: self.spec.flag.map(|flag| format!("--{flag}")),
            env: Some(self.spec.env.to_owned()),
            help: self.spec.help.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn of(flags: &[(&'static str, &str)], env: &[(&str, &str)]) -> Config {
        let flags = flags
            .iter()
            .map(|(name, value)| (*name, vec![(*value).to_owned()]));
        let env = env
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        resolve(&Layers {
            flags: flags.collect(),
            env: env.collect(),
            file: None,
        })
        .unwrap()
    }

    #[test]
    fn an_empty_address_of_a_loop_is_none() {
        assert_eq!(of(&[], &[]).convergence_urls, ["ws://localhost:8765"]);
        for nothing in ["", " ", "none"] {
            let by_flag = of(&[("convergence-url", nothing)], &[]);
            assert!(by_flag.convergence_urls.is_empty(), "{nothing:?}");
            let by_variable = of(&[], &[("CONVERGENCE_WS_URL", nothing)]);
            assert!(by_variable.convergence_urls.is_empty(), "{nothing:?}");
        }
    }

    #[test]
    fn an_empty_variable_is_as_none() {
        let names = SETTINGS.iter().filter(|spec| !spec.many);
        let env: Vec<_> = names.map(|spec| (spec.env, "")).collect();
        let (empty, unset) = (of(&[], &env), of(&[], &[]));
        let shown = |config: &Config| -> Vec<_> {
            let report = config.report.iter();
            report
                .map(|setting| (setting.key.clone(), setting.value.clone()))
                .collect()
        };
        assert_eq!(shown(&empty), shown(&unset));
        assert_eq!((empty.port, empty.db_path), (8766, "./dashboard.db".into()));
        let flagged = of(&[("port", "9000")], &[("DASHBOARD_PORT", "")]);
        assert_eq!(flagged.port, 9000);
    }
}
