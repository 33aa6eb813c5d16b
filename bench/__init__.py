"""What a check-in costs, measured against a bare insert on the same server at the same time.

``python -m bench`` (or ``make bench``) starts a private PostgreSQL with its default durability, deploys the project,
fills a tenant and writes ``bench/RESULTS.md``. Absolute throughput says more about the machine than about
the product; the ratios of interleaved slices, and server CPU, WAL, fsyncs and round trips per operation do not.
"""
