"""Data folders in an object store: `s3://bucket/prefix` wherever a data folder may be named.

Takes the address of a data folder, gives a `gazette.publish.store.Store` to write to (`open_store`), or a folder of
this machine to read from (`open_reading`). A folder of this machine is both at once, and nothing here touches it.

A data folder in an object store is worked on through a working copy in a cache folder (`storage.copies`), because
parsers in a sandbox, hard links and DuckDB without external access all want files; the copy may be deleted at any time.
Only one run at a time holds the lease (`storage.lease`). It takes over what changed (`storage.mirror`), works, and
publishes (`storage.remote`):

1. new part files go up under names that no other push ever uses, `.store/generations/<n>-<token>/...`;
2. a manifest beside them lists all parts of the generation, also those that earlier pushes brought;
3. one conditional write of `.store/current` makes the generation live; it fails if anybody else wrote it meanwhile;
4. `curated/` and `quarantine/` are brought to that generation, object by object, by copies within the bucket.

So whoever reads through `.store/current` sees the tables of before or of after, as on a disk. Whoever lists `curated/`
sees every object whole, but for the moment of an update some of them new and some old: an object store has no links,
and no write of many objects at once. A push that was cut short before 3 has changed nothing; one cut short after 3 is
completed by the next run.
"""

from storage.address import Data, is_remote, write_address
from storage.opening import open_reading, open_store, place_files

__all__ = ["Data", "is_remote", "open_reading", "open_store", "place_files", "write_address"]
