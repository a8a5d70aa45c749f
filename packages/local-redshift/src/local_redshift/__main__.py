"""``python -m local_redshift``.

COPY's worker processes import this module too, and need nothing of the command line.
"""

if __name__ == "__main__":
    from local_redshift.cli import main

    main(prog_name="python -m local_redshift")
