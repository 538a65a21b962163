"""Networks: layers with a bend between them, learned by gradient descent (chapter 08)."""
