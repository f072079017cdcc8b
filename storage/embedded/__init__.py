"""The PostgreSQL that comes with the program: started by the first of ours, stopped by the last.

Nothing here trusts what an earlier run left behind. The kernel's file locks say who is using the server, the
process table says whether it runs; `postmaster.pid` is only a hint.
"""

from storage.embedded.errors import EmbeddedError
from storage.embedded.supervisor import EmbeddedPostgres

__all__ = ["EmbeddedError", "EmbeddedPostgres"]
