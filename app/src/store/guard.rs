//! Work that belongs to a page ends with it: what it would write to is gone.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// Does it as long as its page is there; `None` where that went away meanwhile, or before.
pub async fn while_there<T>(
    is_there: impl Fn() -> bool,
    mut work: Pin<Box<dyn Future<Output = T>>>,
) -> Option<T> {
    poll_fn(move |context| {
        if is_there() {
            work.as_mut().poll(context).map(Some)
        } else {
            Poll::Ready(None)
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn work_is_not_touched_once_its_page_is_gone() {
        let there = Rc::new(Cell::new(true));
        let is_there = || {
            let there = Rc::clone(&there);
            move || there.get()
        };
        let done = Box::pin(async { 7 });
        assert_eq!(while_there(is_there(), done).now_or_never(), Some(Some(7)));

        let (touched, own) = (Rc::new(Cell::new(0)), Rc::clone(&there));
        let seen = Rc::clone(&touched);
        let work = Box::pin(async move {
            seen.set(1);
            own.set(false);
            futures::pending!();
            seen.set(2);
        });
        let mut waiting = Box::pin(while_there(is_there(), work));
        assert_eq!(waiting.as_mut().now_or_never(), None);
        assert_eq!(waiting.now_or_never(), Some(None));
        assert_eq!(touched.get(), 1);

        let never = Box::pin(async { unreachable!("its page was gone before") });
        assert_eq!(
            while_there(is_there(), never).now_or_never(),
            Some(None::<()>)
        );
    }
}
