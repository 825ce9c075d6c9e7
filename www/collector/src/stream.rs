//! Stored events as an endless stream: those already there, then each new one once it is committed.

use std::sync::Arc;

use futures_util::stream::{self, Stream, TryStreamExt};
use tokio::task::spawn_blocking;

use crate::rows::{EventFilter, EventRow};
use crate::store::{Store, StoreError};

/// How many events are read from the database at a time.
const PAGE: u32 = 500;

/// The events that pass the filter, from `filter.after` on, without end.
///
/// Every row is read from the table, by id and in order: a commit only wakes the reader. So there is no seam
/// between old and new events at which one could be missed or come twice, and a slow reader costs no memory.
pub fn events(
    store: Arc<Store>,
    filter: EventFilter,
) -> impl Stream<Item = Result<EventRow, StoreError>> {
    let newest = store.newest();
    let filter = EventFilter {
        limit: Some(PAGE),
        ..filter
    };
    stream::try_unfold(
        (store, filter, newest),
        |(store, mut filter, mut newest)| async move {
            loop {
                // Before reading, so that a commit during the read wakes the wait below.
                newest.borrow_and_update();
                let rows = page(&store, &filter).await?;
                if let Some(last) = rows.last() {
                    filter.after = last.id;
                    let rows = stream::iter(rows.into_iter().map(Ok));
                    return Ok::<_, StoreError>(Some((rows, (store, filter, newest))));
                }
                if newest.changed().await.is_err() {
                    return Ok(None);
                }
            }
        },
    )
    .try_flatten()
}

async fn page(store: &Arc<Store>, filter: &EventFilter) -> Result<Vec<EventRow>, StoreError> {
    let (store, filter) = (Arc::clone(store), filter.clone());
    spawn_blocking(move || store.events(&filter))
        .await
        .expect("reading a page does not panic")
}
