"""Demonstration (演示): centres with an organisation and cases, set up as any client would."""
