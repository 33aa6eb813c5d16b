"""Importers: files of other systems into a tenant, through ``api.*`` only.

Each streams its files (constant memory), sends batches, reports every row by file and line, and may be
repeated at any time: what is there already is counted as unchanged.
"""
