"""Speed and accuracy beside other libraries; see README.md."""
