//! Type-erased views that hydrate synchronously. For every erased view Leptos also compiles code that waits, in the
//! middle of hydration, for a lazily loaded part of the program. This program has no such parts, so that code, a
//! seventh of the browser's total, is left out. A view erased here must never hold a lazy route.

use leptos::prelude::*;

/// Erases the type of a view.
pub trait AtOnce: IntoView {
    /// Erases the type of the view and keeps its hydration synchronous.
    fn at_once(self) -> AnyView;
}

impl<T: IntoView> AtOnce for T {
    #[cfg(not(feature = "hydrate"))]
    fn at_once(self) -> AnyView {
        self.into_any()
    }

    #[cfg(feature = "hydrate")]
    fn at_once(self) -> AnyView {
        browser::Whole(self).into_any()
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::attr::Attribute;
    use leptos::attr::any_attribute::AnyAttribute;
    use leptos::prelude::{AddAnyAttr, Render, RenderHtml};
    use leptos::tachys::hydration::Cursor;
    use leptos::tachys::view::{Mountable, Position, PositionState};

    /// A view whose `hydrate_async` is the default of the trait, which does not wait.
    pub(super) struct Whole<T>(pub(super) T);

    impl<T: Render> Render for Whole<T> {
        type State = T::State;

        fn build(self) -> Self::State {
            self.0.build()
        }

        /// Replaces the old view instead of patching it: patching code for every view is large and gains little.
        fn rebuild(self, state: &mut Self::State) {
            let mut fresh = self.0.build();
            state.insert_before_this(&mut fresh);
            state.unmount();
            *state = fresh;
        }
    }

    impl<T: RenderHtml> RenderHtml for Whole<T> {
        type AsyncOutput = T::AsyncOutput;
        type Owned = Whole<T::Owned>;

        const MIN_LENGTH: usize = T::MIN_LENGTH;
        const EXISTS: bool = T::EXISTS;

        fn dry_resolve(&mut self) {
            self.0.dry_resolve();
        }

        fn resolve(self) -> impl Future<Output = Self::AsyncOutput> + Send {
            self.0.resolve()
        }

        fn to_html_with_buf(
            self,
            buf: &mut String,
            position: &mut Position,
            escape: bool,
            mark_branches: bool,
            extra_attrs: Vec<AnyAttribute>,
        ) {
            self.0.to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
        }

        fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
            self.0.hydrate::<FROM_SERVER>(cursor, position)
        }

        fn into_owned(self) -> Self::Owned {
            Whole(self.0.into_owned())
        }
    }

    impl<T: AddAnyAttr> AddAnyAttr for Whole<T> {
        type Output<A: Attribute> = Whole<T::Output<A>>;

        fn add_any_attr<A: Attribute>(self, attr: A) -> Self::Output<A>
        where
            Self::Output<A>: RenderHtml,
        {
            Whole(self.0.add_any_attr(attr))
        }
    }
}
