"""Runs the examples of AWS's guide from a copy that the user has; nothing of the guide is kept here.

``python -m local_redshift.documented.guide FOLDER`` reads pages in Markdown and HTML, runs their statements in order on
a local Redshift, and compares what the server answers with what the page prints.

``blocks`` reads pages, ``printed`` reads results, ``examples`` joins statements and results, ``rules`` says what cannot
be run or compared, ``compare`` judges an answer, ``pages`` runs a page, ``report`` prints.
"""
