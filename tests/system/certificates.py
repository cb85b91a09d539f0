# SPDX-License-Identifier: MIT
"""Authorities, certificates and revocation lists for tests, made by the openssl command
when they are needed: no key is ever committed."""
import os
import subprocess

CONFIG = """
[ca]
default_ca = one
[one]
dir = .
database = index
new_certs_dir = .
serial = serial
crlnumber = crlnumber
certificate = ca.crt
private_key = ca.key
default_md = sha256
default_crl_days = 30
policy = any
unique_subject = no
copy_extensions = copy
x509_extensions = leaf
[any]
commonName = supplied
[leaf]
basicConstraints = critical,CA:FALSE
[req]
distinguished_name = name
[name]
"""


def openssl(directory, *arguments):
    done = subprocess.run(["openssl", *arguments], cwd=directory, capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"openssl {' '.join(arguments)}: {done.stderr}")
    return done.stdout


class Authority:
    """Signs and revokes, in a directory of its own."""

    def __init__(self, directory):
        self.directory = directory
        os.makedirs(directory)
        for name, text in (("ca.conf", CONFIG), ("index", ""), ("serial", "01\n"),
                           ("crlnumber", "01\n")):
            with open(self.path(name), "w", encoding="ascii") as file:
                file.write(text)
        self.key("ca")
        openssl(directory, "req", "-x509", "-new", "-key", "ca.key", "-out", "ca.crt",
                "-days", "30", "-subj", "/CN=test authority",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self.renew_crl()

    def path(self, name):
        return os.path.join(self.directory, name)

    def key(self, name):
        openssl(self.directory, "ecparam", "-name", "prime256v1", "-genkey", "-noout",
                "-out", name + ".key")
        os.chmod(self.path(name + ".key"), 0o600)

    def issue(self, name, common_name=None, alternative=None, expired=False):
        """(certificate, key), file names. alternative: "DNS:..." or "IP:..."."""
        self.key(name)
        more = ["-addext", f"subjectAltName={alternative}"] if alternative else []
        openssl(self.directory, "req", "-new", "-config", "ca.conf", "-key", name + ".key",
                "-out", name + ".csr", "-subj", f"/CN={common_name or name}", *more)
        dates = ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"] \
            if expired else ["-days", "20"]
        openssl(self.directory, "ca", "-batch", "-config", "ca.conf", "-in", name + ".csr",
                "-out", name + ".crt", "-notext", *dates)
        return self.path(name + ".crt"), self.path(name + ".key")

    def self_signed(self, name):
        self.key(name)
        openssl(self.directory, "req", "-x509", "-new", "-key", name + ".key",
                "-out", name + ".crt", "-days", "20", "-subj", f"/CN={name}",
                "-addext", "subjectAltName=DNS:" + name)
        return self.path(name + ".crt"), self.path(name + ".key")

    def revoke(self, name):
        openssl(self.directory, "ca", "-config", "ca.conf", "-revoke", name + ".crt")
        self.renew_crl()

    def renew_crl(self):
        openssl(self.directory, "ca", "-config", "ca.conf", "-gencrl", "-out", "ca.crl")

    @property
    def certificate(self):
        return self.path("ca.crt")

    @property
    def crl(self):
        return self.path("ca.crl")
