//! The browser's part: two functions a type, and the one state that all types share.

use leptos::attr::Attribute;
use leptos::attr::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::Rndr;
use leptos::tachys::renderer::types::{Element, Node, Placeholder};
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};

/// A view whose type is forgotten.
pub struct Part(Box<dyn Draw>);

/// Forgets a view's type.
pub trait IntoPart {
    /// The view as a part.
    fn part(self) -> Part;
}

/// What is used of a view.
trait Draw: Send {
    fn build(self: Box<Self>) -> Drawn;
    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Drawn;
}

/// A view in the page. A view without elements of its own keeps its place by a placeholder.
pub struct Drawn {
    state: Box<dyn Mountable>,
    placeholder: Option<Placeholder>,
}

impl<T: RenderHtml> IntoPart for T {
    fn part(self) -> Part {
        Part(Box::new(self.into_owned()))
    }
}

impl<T: RenderHtml + 'static> Draw for T {
    fn build(self: Box<Self>) -> Drawn {
        Drawn {
            state: Box::new((*self).build()),
            placeholder: (!T::EXISTS).then(Rndr::create_placeholder),
        }
    }

    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Drawn {
        Drawn {
            state: Box::new((*self).hydrate::<true>(cursor, position)),
            placeholder: (!T::EXISTS).then(|| cursor.next_placeholder(position)),
        }
    }
}

impl Render for Part {
    type State = Drawn;

    fn build(self) -> Drawn {
        self.0.build()
    }

    fn rebuild(self, state: &mut Drawn) {
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl AddAnyAttr for Part {
    type Output<NewAttr: Attribute> = Self;

    /// Attributes go onto elements, which a part has forgotten: nothing here spreads any.
    fn add_any_attr<NewAttr: Attribute>(self, _attribute: NewAttr) -> Self
    where
        Self: RenderHtml,
    {
        self
    }
}

impl RenderHtml for Part {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    /// Only servers write HTML.
    fn to_html_with_buf(
        self,
        _buf: &mut String,
        _position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _extra_attrs: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Drawn {
        self.0.hydrate(cursor, position)
    }

    async fn hydrate_async(self, cursor: &Cursor, position: &PositionState) -> Drawn {
        self.0.hydrate(cursor, position)
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl Mountable for Drawn {
    fn unmount(&mut self) {
        self.state.unmount();
        if let Some(placeholder) = &mut self.placeholder {
            placeholder.unmount();
        }
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.state.mount(parent, marker);
        if let Some(placeholder) = &mut self.placeholder {
            placeholder.mount(parent, marker);
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.state.insert_before_this(child)
            || self
                .placeholder
                .as_ref()
                .is_some_and(|placeholder| placeholder.insert_before_this(child))
    }

    fn elements(&self) -> Vec<Element> {
        self.state.elements()
    }
}
