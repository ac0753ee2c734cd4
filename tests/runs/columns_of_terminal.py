# columns: 60
"""What asks for the terminal's size is told the width of the column."""
import argparse
import os
import shutil
import subprocess
import sys

print(shutil.get_terminal_size(), os.get_terminal_size())
print("COLUMNS" in os.environ)
parser = argparse.ArgumentParser(prog="some", description="What it does " * 8)
print(parser.format_help())
size = "import shutil; print(shutil.get_terminal_size().columns)"
print(subprocess.run([sys.executable, "-c", size], capture_output=True, text=True).stdout)
