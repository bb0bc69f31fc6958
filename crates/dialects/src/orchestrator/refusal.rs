//! Why a command is refused: the contract's words, the field, the bound.

/// What kind of refusal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// It is no object.
    Shape,
    /// It has no type.
    NoType,
    /// Nobody knows its type.
    UnknownType,
    /// A field is missing or wrong.
    Field,
    /// A bound is crossed.
    Limit,
}

/// Why a command is refused. Shown as it is: `{"success":false,"error":…,"command_type"?,"timestamp"}`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct CommandRefusal {
    /// What kind of refusal it is.
    pub kind: RefusalKind,
    /// What is wrong, in the contract's words where it has them.
    pub error: String,
    /// The field at fault.
    pub field: Option<&'static str>,
    /// The bound that was crossed, with its unit.
    pub limit: Option<String>,
    /// The type as sent, where it was known.
    pub command_type: Option<String>,
}

impl CommandRefusal {
    const fn new(kind: RefusalKind, field: Option<&'static str>, error: String) -> Self {
        Self {
            kind,
            error,
            field,
            limit: None,
            command_type: None,
        }
    }

    pub(super) fn shape(error: &str) -> Self {
        Self::new(RefusalKind::Shape, None, error.to_owned())
    }

    pub(super) fn no_type() -> Self {
        let error = "Command type is required".to_owned();
        Self::new(RefusalKind::NoType, Some("type"), error)
    }

    pub(super) fn unknown_type(kind: &str) -> Self {
        let error = format!("Unknown command type: {kind}");
        Self::new(RefusalKind::UnknownType, Some("type"), error).of_type(kind)
    }

    pub(super) fn field(field: &'static str, error: &str) -> Self {
        Self::new(RefusalKind::Field, Some(field), error.to_owned())
    }

    pub(super) fn limit(
        field: Option<&'static str>,
        what: &str,
        size: usize,
        limit: usize,
    ) -> Self {
        let unit = if what == "nesting" { "levels" } else { "bytes" };
        let error = format!("{what} has {size} {unit}, the limit is {limit} {unit}");
        Self {
            limit: Some(format!("{limit} {unit}")),
            ..Self::new(RefusalKind::Limit, field, error)
        }
    }

    pub(super) fn of_type(mut self, kind: &str) -> Self {
        self.command_type = Some(crate::read::cut(kind, super::command::MAX_TYPE_BYTES));
        self
    }
}
