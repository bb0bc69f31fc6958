//! The server's part: what is used of a view to write it.
//!
//! One way of writing, since each is compiled again for each type of view: a page is written in order, and what it
//! waits for stands in that order. A `Suspend` stands directly in its `<Transition>`, never in a part there: a part is
//! written as it is, and a `Suspend` that waits where its boundary does not know of it would be left out.

use leptos::attr::Attribute;
use leptos::attr::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::types::{Element, Node};
use leptos::tachys::ssr::{StreamBuilder, StreamChunk};
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};

/// A view whose type is forgotten.
pub struct Part(Box<dyn Write>);

/// Forgets a view's type.
pub trait IntoPart {
    /// The view as a part.
    fn part(self) -> Part;
}

/// Where and how something is written.
struct Place<'a> {
    position: &'a mut Position,
    escape: bool,
    mark_branches: bool,
    attributes: Vec<AnyAttribute>,
}

/// What is used of a view.
trait Write: Send {
    fn touch(&mut self);
    fn write(self: Box<Self>, buf: &mut StreamBuilder, place: Place<'_>);
}

/// What a browser is told where a view has no elements of its own.
const NOTHING: &str = "<!--<() />-->";

impl<T: RenderHtml + Send> IntoPart for T {
    fn part(self) -> Part {
        Part(Box::new(self.into_owned()))
    }
}

impl<T: RenderHtml + Send + 'static> Write for T {
    fn touch(&mut self) {
        self.dry_resolve();
    }

    fn write(self: Box<Self>, buf: &mut StreamBuilder, place: Place<'_>) {
        let Place {
            position,
            escape,
            mark_branches,
            attributes,
        } = place;
        (*self).to_html_async_with_buf::<false>(buf, position, escape, mark_branches, attributes);
        if !T::EXISTS {
            buf.push_sync(NOTHING);
        }
    }
}

impl Render for Part {
    type State = Nowhere;

    fn build(self) -> Nowhere {
        Nowhere
    }

    fn rebuild(self, _state: &mut Nowhere) {}
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

    fn dry_resolve(&mut self) {
        self.0.touch();
    }

    async fn resolve(self) -> Self {
        self
    }

    /// As far as it is there: what waits is left out. Pages are never written this way.
    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        attributes: Vec<AnyAttribute>,
    ) {
        let place = Place {
            position,
            escape,
            mark_branches,
            attributes,
        };
        let mut ready = StreamBuilder::new(None);
        self.0.write(&mut ready, place);
        for chunk in ready.take_chunks() {
            if let StreamChunk::Sync(text) = chunk {
                buf.push_str(&text);
            }
        }
    }

    /// Always in order: a page is sent when all of it is there.
    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        buf: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        attributes: Vec<AnyAttribute>,
    ) {
        let place = Place {
            position,
            escape,
            mark_branches,
            attributes,
        };
        self.0.write(buf, place);
    }

    /// Only browsers have a page to hydrate.
    fn hydrate<const FROM_SERVER: bool>(
        self,
        _cursor: &Cursor,
        _position: &PositionState,
    ) -> Nowhere {
        Nowhere
    }

    async fn hydrate_async(self, _cursor: &Cursor, _position: &PositionState) -> Nowhere {
        Nowhere
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// A view in a page, which a server does not have.
pub struct Nowhere;

impl Mountable for Nowhere {
    fn unmount(&mut self) {}

    fn mount(&mut self, _parent: &Element, _marker: Option<&Node>) {}

    fn insert_before_this(&self, _child: &mut dyn Mountable) -> bool {
        false
    }

    fn elements(&self) -> Vec<Element> {
        Vec::new()
    }
}
