"""Demo data: two sandbox tenants with a term of attendance, and the truth about what is wrong in it.

The plan is a pure function of (size, seed, last day); :mod:`orchestrator.seed.plan` makes it without a database and
:mod:`orchestrator.seed.load` sends it through ``api.*``. Nobody in it exists.
"""
