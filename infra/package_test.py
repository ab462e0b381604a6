"""python3 infra/package_test.py: packages are refused where Lambda could not run them. Linux on 64 bits only."""

import platform
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path
from unittest import mock

import package

PROGRAM = Path(sys.executable).resolve().read_bytes()
OURS, OTHER = ("arm64", "x86_64") if platform.machine() in ("arm64", "aarch64") else ("x86_64", "arm64")


class Packages(unittest.TestCase):
    def refusal(self, *arguments):
        with self.assertRaises(SystemExit) as refused:
            package.check(*arguments)
        return str(refused.exception)

    def test_the_newest_glibc_that_a_program_needs_is_found(self):
        needed = {name for name in package.needed_versions(PROGRAM) if name.startswith("GLIBC_")}
        self.assertTrue(needed)
        with mock.patch.object(package, "MAX_GLIBC", (99, 0)):
            newest = package.check(PROGRAM, OURS)
        self.assertIn("GLIBC_" + ".".join(str(part) for part in newest), needed)
        with mock.patch.object(package, "MAX_GLIBC", (2, 1)):
            self.assertIn("Lambda has", self.refusal(PROGRAM, OURS))

    def test_another_architecture_and_what_is_no_program_are_refused(self):
        self.assertIn(f"not for {OTHER}", self.refusal(PROGRAM, OTHER))
        self.assertIn("no program for Linux", self.refusal(b"#!/bin/sh\n", OURS))

    def test_the_same_program_gives_the_same_zip_which_lambda_can_start(self):
        with tempfile.TemporaryDirectory() as folder:
            one, two = Path(folder, "one.zip"), Path(folder, "two.zip")
            self.assertEqual(package.pack(PROGRAM, one), one.stat().st_size)
            package.pack(PROGRAM, two)
            self.assertEqual(one.read_bytes(), two.read_bytes())
            (entry,) = zipfile.ZipFile(one).infolist()
            self.assertEqual((entry.filename, entry.external_attr >> 16), ("bootstrap", 0o100755))
            with mock.patch.object(package, "MAX_ZIP_BYTES", 100), self.assertRaises(SystemExit):
                package.pack(PROGRAM, one)
            self.assertFalse(one.exists())


if __name__ == "__main__":
    unittest.main()
