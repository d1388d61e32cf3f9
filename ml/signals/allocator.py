"""Keeps what the detectors free each second, so that the next second need not ask the system for it again.

Arrays of some hundred kilobytes come and go with every push. glibc gives such memory back at once, and each page that
is asked for anew costs a fault: a sixth of all the time was that. Its threshold follows the largest block that was ever
freed (mallopt(3), M_MMAP_THRESHOLD); a block that nobody writes to costs nothing. Other allocators do not mind.
"""

from typing import Final

import numpy as np

LARGEST_BYTES: Final = 31 * 2**20  # the threshold follows up to 32 MB


def keep_freed_memory() -> None:
    """Frees one large block."""
    np.empty(LARGEST_BYTES, dtype=np.uint8)
