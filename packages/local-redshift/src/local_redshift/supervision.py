"""For programs that run the servers beside others: child processes, their environment, free ports."""

from local_redshift.child_process import ChildProcess
from local_redshift.environment import enter_environment, own_environment, use_environment
from local_redshift.ports import free_port, is_free

__all__ = ["ChildProcess", "enter_environment", "free_port", "is_free", "own_environment", "use_environment"]
