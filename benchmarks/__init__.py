"""Side-by-side timings against what a competent user would write, with written goals: ``make bench``.

Everything is timed on one thread. Numerical libraries read their number of threads when they are first
imported, so it is set here, before anything of this folder imports NumPy.
"""

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ[_name] = "1"
