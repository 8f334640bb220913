"""Disclosure control: tables as cells of one system of sums; the core decides which of them are hidden."""
