"""A Slurm cluster of one node on this machine, for one test: munged, slurmctld and slurmd run as the
present user, from a folder of the test's own, on ports that are free. Touches nothing of a Slurm
that the machine may have. All of it ends with the test, however that ends."""
import ctypes
import getpass
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

CPUS = 4  # said to Slurm, whatever the machine has: so many tasks run at once

CONFIG = """ClusterName=efface-test
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
SlurmctldPort={controller_port}
SlurmdPort={node_port}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={root}/munge.socket,cred_expire=6
StateSaveLocation={root}/state
SlurmdSpoolDir={root}/spool
SlurmctldPidFile={root}/slurmctld.pid
SlurmdPidFile={root}/slurmd.pid
SlurmctldLogFile={root}/slurmctld.log
SlurmdLogFile={root}/slurmd.log
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
ReturnToService=2
KillWait=5
InactiveLimit=0
JobRequeue=1
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} State=UNKNOWN
PartitionName=cpu Nodes={host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
"""


def missing_programs():
    needed = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol", "scancel")
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    return [name for name in needed if shutil.which(name, path=path) is None]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def end_with_parent():
    """Even when the test itself is killed."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


class Cluster:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.daemons = []
        self.env = {**os.environ, "SLURM_CONF": str(self.root / "slurm.conf"),
                    "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}
        for name in [n for n in self.env if n.startswith(("SLURM_", "SBATCH_", "SRUN_"))]:
            if name != "SLURM_CONF":
                del self.env[name]

    def start(self):
        """Raises RuntimeError with the daemons' last words when the node does not come up."""
        self.root.chmod(0o755)  # munged wants its socket within reach of all users
        for name in ("state", "spool"):
            (self.root / name).mkdir()
        key = self.root / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        host = socket.gethostname().split(".")[0]
        (self.root / "slurm.conf").write_text(CONFIG.format(
            host=host, user=getpass.getuser(), root=self.root, cpus=CPUS, memory=64000,
            controller_port=free_port(), node_port=free_port()))
        self.daemon("munged", "--foreground", "--force", f"--key-file={key}",
                    f"--socket={self.root}/munge.socket", f"--pid-file={self.root}/munge.pid",
                    f"--log-file={self.root}/munged.log", f"--seed-file={self.root}/munge.seed")
        self.wait("munged", lambda: (self.root / "munge.socket").exists())
        self.daemon("slurmctld", "-D", "-i")
        self.daemon("slurmd", "-D", "-N", host)
        self.wait("the node", lambda: "State=IDLE " in self.ask("show", "node", "--oneliner"), 40)

    def daemon(self, *command):
        with open(self.root / f"{command[0]}.out", "wb") as log:
            # A session of its own: Ctrl-C goes to the test, which ends them in order.
            self.daemons.append(subprocess.Popen(command, env=self.env, stdin=subprocess.DEVNULL,
                                                 stdout=log, stderr=log, start_new_session=True,
                                                 preexec_fn=end_with_parent))

    def stop(self):
        if len(self.daemons) == 3:
            subprocess.run(["scancel", "--signal=KILL", "--full", "--user", getpass.getuser()],
                           env=self.env, capture_output=True, timeout=20)
            self.run("scancel", "--user", getpass.getuser(), check=False)
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline and self.run("squeue", "-h", check=False).strip():
                time.sleep(0.2)
        for daemon in reversed(self.daemons):
            daemon.terminate()
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def run(self, *command, check=True):
        done = subprocess.run([*map(str, command)], env=self.env, capture_output=True, text=True,
                              timeout=60)
        if check and done.returncode != 0:
            raise RuntimeError(f"{command[0]}: {done.stderr}")
        return done.stdout

    def ask(self, *what):
        return self.run("scontrol", *what, check=False)

    def wait(self, what, is_there, seconds=20):
        deadline = time.monotonic() + seconds
        while not is_there():
            dead = [d.args[0] for d in self.daemons if d.poll() is not None]
            if dead or time.monotonic() > deadline:
                raise RuntimeError(f"{what} did not come; ended: {dead}\n{self.last_words()}")
            time.sleep(0.1)

    def last_words(self):
        logs = sorted([*self.root.glob("*.log"), *self.root.glob("*.out")])
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}"
                         for log in logs if log.stat().st_size)

    def submit(self, *arguments):
        return self.run("sbatch", "--parsable", *arguments).strip()

    def tasks(self, job):
        """Task number (0 for a job that is no array) -> the fields of scontrol show job."""
        found = {}
        for line in self.ask("show", "job", "--oneliner", job).splitlines():
            fields = dict(word.split("=", 1) for word in line.split(" ") if "=" in word)
            number = fields.get("ArrayTaskId", "0")
            if number.isdigit():  # else tasks that wait together: "3-8"
                found[int(number)] = fields
        return found
