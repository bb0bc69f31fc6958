//! From what was decoded and stored to what the producer is told.

use loopscope_dialects::{DecodeError, Decoded, ItemError};
use loopscope_event::{EventId, NewEvent};
use loopscope_journal::Appended;
use loopscope_protocol::{ApiError, ErrorCode, IntakeAnswer, Receipt, ReceiptStatus};

/// Receipts that wait for their places.
pub(super) struct Draft {
    receipts: Vec<Receipt>,
}

impl Draft {
    /// Parts what was decoded into events to store and receipts to fill in.
    pub(super) fn split(decoded: Decoded) -> (Vec<NewEvent>, Self) {
        let mut events = Vec::with_capacity(decoded.items.len());
        let mut receipts = Vec::with_capacity(decoded.items.len());
        for (index, item) in decoded.items.into_iter().enumerate() {
            match item {
                Ok((event, warnings)) => {
                    let warnings = warnings.iter().map(ToString::to_string).collect();
                    receipts.push(Receipt {
                        warnings,
                        ..receipt(index, ReceiptStatus::Stored, Some(event.event_id.clone()))
                    });
                    events.push(event);
                }
                Err(error) => receipts.push(Receipt {
                    error: Some(refusal(&error)),
                    ..receipt(index, ReceiptStatus::Rejected, error.event_id.clone())
                }),
            }
        }
        (events, Self { receipts })
    }

    /// Fills the places in, in order.
    pub(super) fn finish(mut self, appended: &[Appended]) -> IntakeAnswer {
        let mut answer = IntakeAnswer::default();
        let mut places = appended.iter();
        for receipt in &mut self.receipts {
            if receipt.status == ReceiptStatus::Rejected {
                answer.rejected += 1;
                continue;
            }
            let Some(place) = places.next() else {
                continue;
            };
            receipt.offset = Some(place.offset());
            receipt.seq = Some(place.seq());
            if place.is_duplicate() {
                receipt.status = ReceiptStatus::Duplicate;
                answer.duplicates += 1;
            } else {
                answer.accepted += 1;
            }
        }
        answer.receipts = self.receipts;
        answer
    }
}

fn receipt(index: usize, status: ReceiptStatus, event_id: Option<EventId>) -> Receipt {
    Receipt {
        index,
        status,
        event_id,
        offset: None,
        seq: None,
        warnings: Vec::new(),
        error: None,
    }
}

/// One event that was refused, as an error.
fn refusal(error: &ItemError) -> ApiError {
    let code = match (&error.limit, error.field) {
        (Some(_), _) => ErrorCode::TooLarge,
        (None, Some(_)) => ErrorCode::InvalidField,
        (None, None) => ErrorCode::Malformed,
    };
    ApiError {
        field: error
            .field
            .map(|field| format!("events[{}].{field}", error.index)),
        limit: error.limit.clone(),
        ..ApiError::new(code, error.to_string())
    }
}

/// A body of which nothing could be read, as an error.
pub(super) fn unreadable(error: &DecodeError) -> ApiError {
    let code = if error.limit().is_some() {
        ErrorCode::TooLarge
    } else {
        ErrorCode::Malformed
    };
    ApiError {
        field: error.field().map(str::to_owned),
        limit: error.limit(),
        ..ApiError::new(code, error.to_string())
    }
}
