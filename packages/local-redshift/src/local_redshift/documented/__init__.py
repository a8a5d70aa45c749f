"""Results that AWS's guide documents, as data: run here by the tests, and on a real Redshift by whoever has one.

A case is a statement of our own with the trait of one of the guide's examples, and the result that the page gives.
"""

from local_redshift.documented.compare import problem_of
from local_redshift.documented.model import Answer, Ask, Case, Place, load_cases, split_script

__all__ = ["Answer", "Ask", "Case", "Place", "load_cases", "problem_of", "split_script"]
