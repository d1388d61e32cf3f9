"""The Mosquitto of `docker/mosquitto`, with its very configuration but for paths, ports and user, and the keeper of its
credentials on the database of the test session."""

import datetime
import ipaddress
import os
import pwd
import shutil
import signal
import ssl
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from apps.demo.services.children import Child
from apps.demo.services.ports import PortBook
from apps.demo.services.supervisor import Supervisor
from tests.demo.services.mqtt_client import Client
from tests.processes.conftest import ROOT, environment
from tests.waiting import until

SHIPPED = ROOT / "docker" / "mosquitto"
PLATFORM, PASSWORD = "bodylink_platform", "of-the-platform-in-tests-only"
DEVICES_PORT, PLATFORM_PORT = 8883, 8884


def program() -> str | None:
    """Debian puts it where an ordinary user's PATH does not lead."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class Mosquitto:
    """Where it is, and what it is run with."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._book = PortBook(directory / "ports.json")
        self.ports = {port: self._book.port(str(port)) for port in (DEVICES_PORT, PLATFORM_PORT)}
        for name in ("config", "credentials", "data", "tls"):
            (directory / name).mkdir()
        shutil.copy(SHIPPED / "acl", directory / "config" / "acl")
        (directory / "credentials" / "passwords").touch()
        self.certify()
        self._render()

    def _render(self) -> None:
        text = (SHIPPED / "mosquitto.conf").read_text().replace(" /mosquitto/", f" {self.directory}/")
        text = text.replace("user mosquitto", f"user {pwd.getpwuid(os.getuid()).pw_name}")
        for shipped, here in self.ports.items():
            assert f"listener {shipped}\n" in text
            text = text.replace(f"listener {shipped}\n", f"listener {here} 127.0.0.1\n")
        self.configuration.write_text(text)

    def close(self) -> None:
        self._book.close()

    @property
    def configuration(self) -> Path:
        return self.directory / "config" / "mosquitto.conf"

    @property
    def ca_file(self) -> Path:
        return self.directory / "tls" / "server.pem"

    @property
    def passwords(self) -> Path:
        return self.directory / "credentials" / "passwords"

    @property
    def url(self) -> str:
        return f"mqtts://{PLATFORM}:{PASSWORD}@127.0.0.1:{self.ports[PLATFORM_PORT]}"

    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca_file))

    def connect(self, name: str, secret: str, *, port: int = DEVICES_PORT, **options: Any) -> Client:
        """A connection, or a refusal of one."""
        endpoints: Any = SimpleNamespace(mqtt_host="127.0.0.1", mqtt_port=self.ports[port])
        return Client(endpoints, name, secret, **({"tls": self.tls(), "client_id": f"{name}-test"} | options))

    def ingest(self, **options: Any) -> Client:
        """What ingest sees, by a lasting session of the platform's account."""
        chosen = {"client_id": "bodylink-ingest-test", "clean": False} | options
        return self.connect(PLATFORM, PASSWORD, port=PLATFORM_PORT, **chosen)

    def broker(self) -> Child:
        return Child(
            name="mosquitto",
            argv=[program() or "mosquitto", "-c", str(self.configuration)],
            env={"PATH": "/usr/bin:/bin"},
            ready=self.pid_file.exists,
        )

    @property
    def pid_file(self) -> Path:
        return self.passwords.with_name("mosquitto.pid")

    def certify(self) -> None:
        """A certificate, and a new one each time."""
        _certify(self.directory / "tls")

    def kill(self, supervisor: Supervisor) -> None:
        """As a power cut does."""
        pid = supervisor.pid("mosquitto")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        until(lambda: supervisor.pid("mosquitto") is None, "the broker is dead", 10)

    def wait_until_back(self, supervisor: Supervisor) -> None:
        def answers() -> bool:
            supervisor.tick()
            with self.connect(PLATFORM, PASSWORD, port=PLATFORM_PORT) as client:
                return client.accepted is True

        until(answers, "the broker is back", 20)

    def keeper(self) -> Child:
        files = ["--password-file", str(self.passwords), "--pid-file", str(self.pid_file)]
        return self.manage("keeper", "mosquitto_credentials", *files, ready=lambda: bool(self.passwords.stat().st_size))

    def manage(self, name: str, *arguments: str, **options: Any) -> Child:
        own = {"MQTT_URL": self.url, "MQTT_BROKER": "mosquitto", "SSL_CERT_FILE": str(self.ca_file)}
        argv = [sys.executable, "manage.py", *arguments]
        return Child(name=name, argv=argv, env=environment() | own, cwd=ROOT, **options)


def _certify(directory: Path) -> None:
    """A certificate that is its own authority, good for 127.0.0.1 and a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mosquitto of the tests")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (directory / "server.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (directory / "server.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
