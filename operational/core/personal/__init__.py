"""What is kept of people: said by every service, given to them on demand (Art. 15, 20 GDPR), erased (Art. 17 GDPR)."""
