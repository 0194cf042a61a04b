// Linked to LibTorch and nothing else to do: what every start of a program would cost that did not
// open it on demand.
int main() {
  return 0;
}
